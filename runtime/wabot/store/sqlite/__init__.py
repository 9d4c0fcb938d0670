"""A tenant's memory in one SQLite file, `data/<tenant>/wabot.db`."""

from wabot.store.sqlite.store import SqliteStore, open_store, read_summary

__all__ = ["SqliteStore", "open_store", "read_summary"]
