"""What `wabot init` writes: a new tenant's repository, and recipes of the cookbook."""
