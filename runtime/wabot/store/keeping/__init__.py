"""Keeping a tenant's data: backups, restoring one, and what is done about a file that is damaged."""
