"""Rows on their way into a store: collected as they are made up, written in the order of time, as a session would have
written them one by one."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from operator import itemgetter
from typing import Any, Final

Row = tuple[Any, ...]

_COLUMNS: Final = {
    "inbound_journal": "chat message_id payload arrived_at decided_at tries",
    "messages": "id conversation_id wa_message_id sender_type sender_id sender_name message_type content status "
    "error_message sent_at delivered_at read_at created_at media_mime_type media_size media_details is_imported",
    "outbox": "id conversation_id chat text rule_id due_at created_at status error claimed_at sent_at kind operator",
    "auto_reply_logs": "id conversation_id message_id rule_id reason triggered_by_message response_sent "
    "matched_keyword execution_micros success error_message trace triggered_at in_hours",
    "follow_ups": "id conversation_id chat rule_id text due_at created_at status reason closed_at operator sender_name",
    "csat_surveys": "id conversation_id operator_id created_at score answered_at message_id",
    "conversation_statuses": "conversation_id at status operator",
    "operator_statuses": "operator at status",
    "orders": "order_id phone total ordered_at status told_at updated_at",
    "contacts": "id phone lid name push_name tags segment first_contact_at last_contact_at total_messages_received "
    "total_messages_sent total_conversations is_blocked blocked_at blocked_reason",
    "conversations": "id chat contact_id status priority tags customer_messages total_messages unread_count "
    "last_customer_at last_message_at last_message_from last_message_content paused_until menu burst assigned_to "
    "operator_id assigned_at answered_at waiting_since resolved_at reopened reopened_at taken_by told_to_wait had_by "
    "looked_at created_at updated_at",
    "conversation_chats": "chat conversation_id",
    "rule_usage": "contact_id rule_id last_at day count",
    "rule_stats": "rule_id total_triggered last_triggered_at",
    "quick_reply_stats": "shortcut used_count last_used_at",
    "operators": "id email name role status max_concurrent_chats last_assigned_at last_seen_at total_chats_handled "
    "total_messages_sent total_first_answers total_first_answer_millis csat_answers csat_total created_at updated_at",
}
COLUMNS: Final = {table: tuple(names.split()) for table, names in _COLUMNS.items()}
"""The columns of each table that rows are made for, without tenant_id."""
_SEQUENCED: Final = ("inbound_journal", "outbox")
_WHEN: Final = {
    "inbound_journal": "arrived_at",
    "messages": "created_at",
    "outbox": "created_at",
    "auto_reply_logs": "triggered_at",
    "conversation_statuses": "at",
    "operator_statuses": "at",
}
_BARE: Final = ("messages", "auto_reply_logs", "conversations", "operators", "outbox", "csat_surveys")
"""Tables whose triggers tell what is made here, too: which chats changed, what became of them, who was there when."""


class Ids:
    """UUIDv7 as `wabot.model.ids` makes them, but the same for the same seed."""

    def __init__(self, chance: random.Random) -> None:
        self._bits, self._count = chance.getrandbits, 0

    def __call__(self, at: int) -> str:
        self._count += 1
        own = (self._count & 0xFFFF_FFFF) << 42 | self._bits(42)
        value = at << 80 | 0x7 << 76 | (own >> 62) << 64 | 0b10 << 62 | own & 0x3FFF_FFFF_FFFF_FFFF
        digits = f"{value:032x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def of_whatsapp(self, ours: bool) -> str:
        """An id as WhatsApp's clients make them."""
        return f"3EB0{self._bits(72):018X}" if ours else f"3A{self._bits(72):018X}"


class Rows:
    """The rows of one tenant that are not written yet."""

    def __init__(self, connection: sqlite3.Connection, tenant: str) -> None:
        self._connection, self._tenant = connection, tenant
        self.of: dict[str, list[Row]] = {table: [] for table in COLUMNS}
        self._numbers = dict.fromkeys(_SEQUENCED, 0)
        self._sql: dict[str, str] = {}
        for table, names in COLUMNS.items():
            all_names = ("tenant_id", *names, *(("sequence",) if table in _SEQUENCED else ()))
            marks = ", ".join("?" * len(all_names))
            self._sql[table] = f"INSERT INTO {table} ({', '.join(all_names)}) VALUES ({marks})"

    def write(self) -> None:
        """What was made so far, in the order in which it happened."""
        for table, rows in self.of.items():
            if not rows:
                continue
            if table in _WHEN:
                rows.sort(key=itemgetter(COLUMNS[table].index(_WHEN[table])))
            self._connection.executemany(self._sql[table], self._whole(table, rows))
            rows.clear()

    def _whole(self, table: str, rows: list[Row]) -> Iterator[Row]:
        tenant = self._tenant
        if table not in _SEQUENCED:
            return ((tenant, *row) for row in rows)
        first = self._numbers[table] + 1
        self._numbers[table] += len(rows)
        return ((tenant, *row, number) for number, row in enumerate(rows, first))


@contextmanager
def bare(connection: sqlite3.Connection) -> Iterator[None]:
    """One transaction in which the tables have neither indexes nor triggers, which are made again at its end: a million
    rows are sorted once, and not searched a place for one by one."""
    marks = ", ".join("?" * len(_BARE))
    found = connection.execute(
        f"SELECT type, name, sql FROM sqlite_schema WHERE tbl_name IN ({marks}) AND type IN ('index', 'trigger') "
        "AND sql IS NOT NULL",
        _BARE,
    ).fetchall()
    kept = [row for row in found if row["type"] == "index" or row["name"].startswith(("analytics_", "feed_"))]
    connection.execute("BEGIN")
    for row in kept:
        connection.execute(f"DROP {row['type']} {row['name']}")
    yield
    for row in kept:
        connection.execute(row["sql"])
    connection.execute("COMMIT")


def mark_dirty(connection: sqlite3.Connection, tenant: str) -> None:
    """Every chat has changed, as the triggers would have noted row by row."""
    connection.execute(
        "INSERT INTO analytics_dirty (tenant_id, conversation_id) SELECT tenant_id, id FROM conversations "
        "WHERE tenant_id = ?",
        (tenant,),
    )
