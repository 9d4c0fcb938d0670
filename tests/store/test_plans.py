"""What each statement looks through: a session may scan no table that grows, or its thousandth day is slower than its
first."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.blank import lay
from wabot.store.sqlite.opening import open_file, open_node
from wabot.store.sqlite.queries import NODE_STATEMENTS, queries

GROWING = (
    "contacts", "conversations", "conversation_chats", "messages", "inbound_journal", "outbox", "rule_usage",
    "auto_reply_logs", "orders", "order_summaries", "csat_surveys", "contact_tags",
    "auto_reply_logs", "accounts", "memberships", "invitations", "logins", "refresh_tokens", "api_keys", "audit_log",
    "throttles", "feed",
    "uploads", "webhook_deliveries",
)  # fmt: skip
OPEN = (
    "journal_undecided", "conversations_waiting", "outbox_queued", "outbox_sending", "outbox_troubled",
    "outbox_undelivered", "contacts_blocked",
)  # fmt: skip
"""Partial indexes: they hold what is still to be done, or few, not what was."""
RARE = {
    "analytics_all_dirty": "people have everything counted anew",
    "feed_first": "the first entry of an index is read",
    "feed_last": "the last entry of an index is read",
    "feed_listen": "when somebody begins to listen",
    "feed_forget": "once an hour, by the rows' age",
    "journal_last": "when the store is opened",
    "outbox_last": "when the store is opened",
    "contact_lids": "when the session starts",
    "contact_drop": "when two contacts turn out to be one",
    "chats": "people ask",
    "conversations_listed": "people ask",
    "why_keys": "people ask",
    "why_newest": "people ask",
    "why_logs_without_a_chat": "people ask",
    "examined": "people ask",
    "contacts_by_segment": "people ask",
    "contacts_after": "people export, in pieces",
    **{name: "people export" for name in queries() if name.startswith("export_")},
    **{
        name: "people ask, and an index is walked in its order until a page is full"
        for name in queries()
        if name.startswith("contacts_all_")
    },
    "last_message_at": "people ask, and the first entry of an index is read",
    "person_says": "a person writes",
    "uploads_stored": "a person uploads a file; a month of files are kept",
    "dead_letters": "people ask, and an index is walked in its order until a page is full",
    "replay_conversations": "people replay, chat by chat in an index's order",
    "replay_pauses": "people replay",
    "summary_counts": "people ask",
    "summary_outbox": "people ask",
    "summary_reasons": "people ask",
    **{name: "people forget a customer" for name in queries() if name.startswith("forget_")},
    **{
        name: "an index is walked in its order until the page is full; what is counted so has a bound"
        for name in queries()
        if name.startswith(("inbox_recent_", "inbox_created_", "inbox_unread_by_last_", "inbox_most_"))
    },
}
"""Statements that may look through a whole table, and when they run: never for each message."""
OF_ONE_TENANT = {
    "members_of_tenant": "people ask for the people of a tenant, who are few",
    "keys_of_tenant": "people ask for the keys of a tenant that are not revoked: a hundred at most",
}


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_file(lay(tmp_path))) as opened:
        opened.create_function("forgotten", 1, lambda text: text)
        yield opened


def scans(connection: sqlite3.Connection, sql: str) -> list[str]:
    """The steps of the statement's plan that go through a whole table that grows, or through all of a tenant's rows."""
    values = dict.fromkeys(re.findall(r":(\w+)", sql))
    plan = [row["detail"] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
    found = []
    for step in plan:
        read = re.match(
            r"(SCAN|SEARCH) (\w+)(?: USING (?:COVERING |INTEGER )?(?:INDEX )?(\w+|PRIMARY KEY) \((.*)\))?", step
        )
        if read is None or read[2] not in GROWING or read[3] in OPEN:
            continue
        if read[1] == "SCAN" or read[4] in (None, "tenant_id=?"):
            found.append(step)
    return found


def test_no_statement_that_runs_for_a_message_scans_a_table_that_grows(connection: sqlite3.Connection) -> None:
    planned = {name: sql for name, sql in queries().items() if not sql.startswith(("SAVEPOINT", "ROLLBACK", "RELEASE"))}
    found = {name: scans(connection, sql) for name, sql in planned.items() if name not in RARE}
    assert {name: steps for name, steps in found.items() if steps} == {}


def test_no_statement_on_accounts_scans_what_grows_with_people_and_time(tmp_path: Path) -> None:
    with closing(open_node(tmp_path)) as node:
        found = {name: scans(node, sql) for name, sql in queries(NODE_STATEMENTS).items() if name not in OF_ONE_TENANT}
        assert {name: steps for name, steps in found.items() if steps} == {}
        assert scans(node, "SELECT * FROM audit_log WHERE tenant_id = :tenant AND detail = :detail")
        assert scans(node, "SELECT * FROM logins WHERE ended_at IS NULL")


def test_a_scan_is_seen(connection: sqlite3.Connection) -> None:
    assert scans(connection, "SELECT * FROM messages WHERE content = :said")
    assert scans(connection, "SELECT COUNT(*) FROM inbound_journal WHERE tenant_id = :tenant")
    assert scans(connection, "SELECT MAX(sequence) FROM outbox WHERE tenant_id = :tenant")
    assert not scans(connection, "SELECT * FROM messages WHERE id = :id")
