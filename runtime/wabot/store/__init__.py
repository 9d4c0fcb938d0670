"""Where a tenant's memory is kept: one package a database, all behind `wabot.ports.Store`."""
