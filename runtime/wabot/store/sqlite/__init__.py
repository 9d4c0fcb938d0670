"""A tenant's memory in one SQLite file, `data/<tenant>/wabot.db`."""

from wabot.store.sqlite.alerting import NodeStore, open_node_store, read_alerts
from wabot.store.sqlite.erasing import erase, stored_about
from wabot.store.sqlite.operating import cancel, pause_chat, pause_tenant, retry
from wabot.store.sqlite.reading import Reader, reading
from wabot.store.sqlite.store import SqliteStore, open_store, read_summary

__all__ = [
    "NodeStore",
    "Reader",
    "SqliteStore",
    "cancel",
    "erase",
    "open_node_store",
    "open_store",
    "pause_chat",
    "pause_tenant",
    "read_alerts",
    "read_summary",
    "reading",
    "retry",
    "stored_about",
]
