"""A tenant's memory in one SQLite file, `data/<tenant>/wabot.db`."""

from wabot.store.sqlite.alerting import NodeStore, open_node_store, read_alerts
from wabot.store.sqlite.answering import assign, look_at, resolve, say
from wabot.store.sqlite.erasing import erase, stored_about
from wabot.store.sqlite.following import cancel_follow_up, remind
from wabot.store.sqlite.operating import cancel, pause_chat, pause_tenant, retry
from wabot.store.sqlite.reading import Reader, reading
from wabot.store.sqlite.staff import (
    Change,
    add_operator,
    change_operator,
    reinstate_operator,
    remove_operator,
    retire_operator,
)
from wabot.store.sqlite.store import SqliteStore, open_store, read_summary

__all__ = [
    "Change",
    "NodeStore",
    "Reader",
    "SqliteStore",
    "add_operator",
    "assign",
    "cancel",
    "cancel_follow_up",
    "change_operator",
    "erase",
    "look_at",
    "open_node_store",
    "open_store",
    "pause_chat",
    "pause_tenant",
    "read_alerts",
    "read_summary",
    "reading",
    "reinstate_operator",
    "remind",
    "remove_operator",
    "resolve",
    "retire_operator",
    "retry",
    "say",
    "stored_about",
]
