"""What is deleted once it is older than a tenant keeps it, table by table, in the order in which rows refer to each
other. A row to which another one still refers stays until that one goes, whatever table it is in."""

import sqlite3
from collections.abc import Sequence
from typing import Final, NamedTuple

BATCH: Final = 500
"""Rows of one transaction: some milliseconds, which a live chat does not notice."""


class Old(NamedTuple):
    """Rows of `table` that may go: their moment is the column (or expression) `at`, and `only` holds. Rows of the
    tables in `along` that refer to them, by that column, go with them. `:before` and `:now` are UTC milliseconds."""

    table: str
    at: str
    only: str = "1"
    along: tuple[tuple[str, str], ...] = ()


_NO_CONTACT: Final = (
    "NOT EXISTS (SELECT 1 FROM contacts WHERE contacts.tenant_id = {0}.tenant_id AND contacts.phone = {0}.phone"
    " AND contacts.phone <> '')"
)

TABLES: Final = (
    Old("auto_reply_logs", "triggered_at"),
    Old("alerts", "raised_at", "status <> 'open'"),
    Old("csat_surveys", "MAX(created_at, COALESCE(answered_at, 0))"),
    Old("outbox", "MAX(created_at, due_at, COALESCE(sent_at, 0))", "status NOT IN ('queued', 'sending')"),
    Old("messages", "created_at", "NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.id = messages.id)"),
    # As long as its message is there, it says that this one answers nobody.
    Old(
        "follow_ups",
        "created_at",
        "status <> 'pending' AND NOT EXISTS (SELECT 1 FROM messages WHERE messages.id = follow_ups.id)",
    ),
    # What is not decided yet is never old. The rest is known for as long as anything is kept: copies come late.
    Old("inbound_journal", "arrived_at", "decided_at < :before"),
    # A person's word about a customer outlives what they said: spam, a pause without an end, a block.
    Old(
        "conversations",
        "MAX(updated_at, COALESCE(last_message_at, 0))",
        "status <> 'spam' AND COALESCE(paused_until, 0) < :now",
        along=(("conversation_chats", "conversation_id"), ("conversation_notes", "conversation_id")),
    ),
    Old("contacts", "last_contact_at", "is_blocked = 0", along=(("rule_usage", "contact_id"),)),
    # Of customers who are still known, all orders count, however old.
    Old("orders", "MAX(ordered_at, updated_at)", _NO_CONTACT.format("orders")),
    Old("order_summaries", "fetched_at", _NO_CONTACT.format("order_summaries")),
    Old("conversation_statuses", "at"),
    # Who is there now has been since the last change.
    Old(
        "operator_statuses",
        "at",
        "EXISTS (SELECT 1 FROM operator_statuses AS later WHERE later.tenant_id = operator_statuses.tenant_id"
        " AND later.operator = operator_statuses.operator AND later.at > operator_statuses.at AND later.at < :before)",
    ),
)
"""A table more is a line more. Not here: rule_stats, the figures, and what else only counts."""


def old_rows(connection: sqlite3.Connection, tenant: str, kind: Old, before: int, now: int, most: int) -> list[int]:
    """The rows of a table that may go, at most so many."""
    values = {"tenant": tenant, "before": before, "now": now, "most": most}
    found = connection.execute(
        f"SELECT rowid FROM {kind.table} WHERE {_condition(connection, kind)} LIMIT :most", values
    )
    return [int(row[0]) for row in found]


def delete(connection: sqlite3.Connection, tenant: str, kind: Old, rows: Sequence[int], before: int, now: int) -> int:
    """Delete those of the rows that may still go; how many. Part of the caller's transaction."""
    condition = f"rowid IN ({','.join(str(int(row)) for row in rows)}) AND {_condition(connection, kind)}"
    values = {"tenant": tenant, "before": before, "now": now}
    for table, column in kind.along:
        connection.execute(
            f"DELETE FROM {table} WHERE {column} IN (SELECT id FROM {kind.table} WHERE {condition})", values
        )
    return connection.execute(f"DELETE FROM {kind.table} WHERE {condition}", values).rowcount


def _condition(connection: sqlite3.Connection, kind: Old) -> str:
    parts = [f"{kind.table}.tenant_id = :tenant", f"{kind.at} < :before", f"({kind.only})"]
    tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
    parts += [
        f"NOT EXISTS (SELECT 1 FROM {table} AS other WHERE other.{key['from']} = {kind.table}.{key['to']})"
        for table in tables
        for key in connection.execute("SELECT * FROM pragma_foreign_key_list(?)", (table,))
        if key["table"] == kind.table and (table, key["from"]) not in kind.along
    ]
    return " AND ".join(parts)
