"""A tenant's memory in one SQLite file, `data/<tenant>/wabot.db`."""

from wabot.store.sqlite.erasing import erase, stored_about
from wabot.store.sqlite.following import cancel_follow_up, remind
from wabot.store.sqlite.operating import cancel, pause_chat, pause_tenant, retry
from wabot.store.sqlite.reading import Reader, reading
from wabot.store.sqlite.store import SqliteStore, open_store, read_summary

__all__ = [
    "Reader",
    "SqliteStore",
    "cancel",
    "cancel_follow_up",
    "erase",
    "open_store",
    "pause_chat",
    "pause_tenant",
    "read_summary",
    "reading",
    "remind",
    "retry",
    "stored_about",
]
