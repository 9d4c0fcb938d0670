"""Rows that no shop would live, with everything at the same moments: what is defined must be so for them, too."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.blank import lay
from wabot.store.sqlite.opening import open_file

BEGIN = 1_769_533_200_000  # 2026-01-28 00:00 in Jakarta
HOUR = 3_600_000
_SENDERS = ("customer", "customer", "customer", "cs", "auto_reply", "auto_reply", "later", "system")
_SENT = ("sent", "delivered", "read", "failed", "unknown", "queued")
_PEOPLE = ("", "wabot", "sari@warung.id", "dedi@warung.id")
_REASONS = ("no_match", "no_match", "csat", "stale")
_STATUSES = ("active", "pending", "resolved", "closed", "spam")
_STEPS = (0, 0, 0, 1, 600_000, 600_001, HOUR, 24 * HOUR, 24 * HOUR + 1, 30 * HOUR)
"""From one moment to the next: together, and on both sides of every limit."""


def store_anything(folder: Path, seed: int) -> int:
    """Store them, for tenant "warung"; a moment after all of them."""
    chance = random.Random(seed)
    with closing(open_file(lay(folder))) as connection:
        connection.execute("BEGIN")
        ends = [_chat(connection, chance, f"chat-{number}") for number in range(chance.randint(1, 3))]
        end = max(ends) + chance.choice(_STEPS)
        _there(connection, chance, end)
        connection.execute("COMMIT")
    return end


def _chat(connection: sqlite3.Connection, chance: random.Random, chat: str) -> int:
    at = BEGIN + chance.randrange(30) * HOUR
    first = at + chance.choice((0, 0, -HOUR, HOUR))
    _put(connection, "contacts", id=f"c-{chat}", phone=f"62812{chat[-1]}", first_contact_at=first, last_contact_at=at)
    _put(
        connection,
        "conversations",
        id=chat,
        chat=f"62812{chat[-1]}",
        contact_id=f"c-{chat}",
        created_at=at,
        updated_at=at,
    )
    for number in range(chance.randint(1, 25)):
        at += chance.choice(_STEPS)
        if chance.random() < 0.3:
            status, operator = chance.choice(_STATUSES), chance.choice(_PEOPLE)
            _put(connection, "conversation_statuses", conversation_id=chat, at=at, status=status, operator=operator)
            continue
        sender = chance.choice(_SENDERS)
        id = f"{chance.randrange(10**6):06}-{chat}-{number}"
        sent = chance.choice((at, at, None)) if sender == "customer" else at
        _put(
            connection, "messages", id=id, conversation_id=chat, sender_type=sender.replace("later", "auto_reply"),
            sender_id=chance.choice(_PEOPLE) if sender == "cs" else "",
            status="received" if sender == "customer" else chance.choice(_SENT),
            sent_at=sent, created_at=at + (0 if sent is None else chance.choice((0, HOUR))),
            is_imported=int(chance.random() < 0.05),
        )  # fmt: skip
        if sender == "later" or (sender == "cs" and chance.random() < 0.2):
            _put(
                connection, "follow_ups", id=id, conversation_id=chat, chat=chat, rule_id="harga" * (sender == "later"),
                text="?", due_at=at, created_at=at, status="handed_over",
            )  # fmt: skip
        if sender == "customer":
            _logs(connection, chance, chat, id, at)
    return at


def _logs(connection: sqlite3.Connection, chance: random.Random, chat: str, message: str, at: int) -> None:
    in_hours = chance.choice((None, 0, 1))
    at += chance.choice((0, 0, 2_000))
    for number in range(chance.choice((0, 1, 1, 1, 2))):
        rule = chance.choice((None, "jam-buka", "harga"))
        _put(
            connection, "auto_reply_logs", id=f"{message}-{number}", conversation_id=chat, message_id=message,
            rule_id=rule, reason="answered" if rule else chance.choice(_REASONS),
            success=int(rule is None or chance.random() < 0.8),
            execution_micros=chance.randrange(900), triggered_at=at, in_hours=in_hours,
        )  # fmt: skip
    if chance.random() < 0.1:
        _put(
            connection, "csat_surveys", id=message, conversation_id=chat, created_at=at, answered_at=at,
            score=chance.randint(1, 5),
        )  # fmt: skip


def _there(connection: sqlite3.Connection, chance: random.Random, end: int) -> None:
    for operator in _PEOPLE[2:]:
        at = BEGIN
        while at < end:
            status = chance.choice(("online", "busy", "away", "offline"))
            _put(connection, "operator_statuses", operator=operator, at=at, status=status)
            at += chance.choice((0, 1_234_567, HOUR, 30 * HOUR))


def _put(connection: sqlite3.Connection, table: str, **row: Any) -> None:
    row = {"tenant_id": "warung", **row}
    connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", [*row.values()])
