"""What must be true of a tenant's data whatever died meanwhile."""

import json
import sqlite3
from collections import Counter
from contextlib import closing
from typing import Any

from tests.acceptance.daemon import Daemon


def rows(daemon: Daemon, sql: str, tenant: str = "warung") -> list[Any]:
    """Straight from the file, as it is at this moment; none while there is no file."""
    path = daemon.data / tenant / "wabot.db"
    if not path.exists():
        return []
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        try:
            return connection.execute(sql).fetchall()
        except sqlite3.OperationalError:  # not made yet
            return []


def said(daemon: Daemon, tenant: str = "warung") -> list[dict[str, Any]]:
    lines = (daemon.sim / f"{tenant}.in.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def all_dealt_with(daemon: Daemon, tenant: str = "warung") -> bool:
    """Every line is journalled and decided, and no reply waits or is on its way."""
    decided = rows(daemon, "SELECT COUNT(*) FROM inbound_journal WHERE decided_at IS NOT NULL", tenant)
    open_ = rows(daemon, "SELECT COUNT(*) FROM outbox WHERE status IN ('queued', 'sending')", tenant)
    return decided == [(len(said(daemon, tenant)),)] and open_ == [(0,)]


def statuses(daemon: Daemon, tenant: str = "warung") -> dict[str, int]:
    """Status → rows of the outbox."""
    return dict(rows(daemon, "SELECT status, COUNT(*) FROM outbox GROUP BY status", tenant))


def hold_to_the_promises(daemon: Daemon, tenant: str = "warung") -> None:
    """Every message once in the journal and once in its chat; for each at most one reply went out, and if none did, the
    outbox says why, or it was set aside, since the process died each time while it was decided. Every message must be
    one that a rule answers, and no customer may have written twice."""
    lines = said(daemon, tenant)
    assert rows(daemon, "PRAGMA integrity_check", tenant) == [("ok",)]
    wanted = sorted((line["from"], line["id"]) for line in lines)
    journal = rows(daemon, "SELECT chat, message_id FROM inbound_journal ORDER BY 1, 2", tenant)
    assert journal == wanted
    messages = "SELECT chat, wa_message_id FROM messages JOIN conversations ON conversations.id = conversation_id"
    kept = rows(daemon, f"{messages} WHERE sender_type = 'customer' ORDER BY 1, 2", tenant)
    assert kept == wanted, "a message is missing from its chat, or stands there twice"
    heard = [line for line in daemon.lines(tenant) if "text" in line]
    twice = [chat for chat, count in Counter(line["to"] for line in heard).items() if count > 1]
    assert not twice, "somebody was answered twice"
    outbox = rows(daemon, "SELECT chat, id, status, error FROM outbox ORDER BY chat", tenant)
    aside = "SELECT chat FROM inbound_journal WHERE tries > 2 AND error LIKE 'the process died each time%'"
    dealt = [chat for chat, *_ in (*outbox, *rows(daemon, aside, tenant))]
    assert sorted(dealt) == sorted(line["from"] for line in lines), "one reply for each"
    out = {line["id"]: line["to"] for line in heard}
    for chat, reply, status, error in outbox:
        if status == "sent":
            assert out.get(reply) == chat, "a reply counts as sent, and never was"
        else:
            assert reply not in out, f"a reply went out, and counts as {status}"
            assert (status in ("unknown", "failed")) and error, f"{chat}: {status}, and nobody knows why"
