"""Figures of a span of days are what somebody finds who reads every row, one after the other."""

import random
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.blank import lay
from wabot.store.sqlite.looking_back import Days, hours, rule_days, silences, span
from wabot.store.sqlite.opening import open_file
from wabot.store.sqlite.queries import asker

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
PEOPLE = ["sari@warung.id", "dedi@warung.id"]
OUT = ("sent", "delivered", "read")
SPANS = [
    (Days(date(2026, 1, 10), date(2026, 1, 14), ZoneInfo("Asia/Jakarta")), 1),
    (Days(date(2026, 3, 27), date(2026, 3, 31), ZoneInfo("Europe/Berlin")), 2),  # an hour is left out
    (Days(date(2026, 10, 23), date(2026, 10, 27), ZoneInfo("America/New_York")), 3),
    (Days(date(2026, 2, 16), date(2026, 3, 23), ZoneInfo("Africa/Casablanca")), 4),  # the clock is set twice
    (Days(date(2026, 10, 3), date(2026, 10, 4), ZoneInfo("Australia/Lord_Howe")), 5),  # by half an hour
]
RULES = ["jam-buka", "harga", "gone"]


class Chats:
    """Rows as sessions and people leave them, at random, from a day before the span to a day after it."""

    def __init__(self, connection: sqlite3.Connection, days: Days, seed: int) -> None:
        self.connection, self.days, self.chance = connection, days, random.Random(seed)
        values = days.values()
        self.since, self.until = values["since"] - DAY, values["until"] + DAY
        self.number = 0
        connection.execute("BEGIN")
        for number, email in enumerate(PEOPLE):
            self.put("operators", id=f"o{number}", email=email, name=email, created_at=0, updated_at=0)
        for number in range(12):
            self.conversation(f"c{number}")
        connection.execute("COMMIT")

    def put(self, table: str, **row: Any) -> None:
        row = {"tenant_id": "warung", **row}
        names = ", ".join(row)
        self.connection.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join(f':{name}' for name in row)})", row)

    def conversation(self, id: str) -> None:
        chance = self.chance
        self.put("contacts", id=f"k{id}", phone=id, first_contact_at=0, last_contact_at=0)
        at = chance.randrange(self.since, self.until)
        settled = chance.random() < 0.7
        self.put(
            "conversations",
            id=id,
            chat=id,
            contact_id=f"k{id}",
            status=chance.choice(["resolved", "closed"]) if settled else chance.choice(["active", "pending"]),
            resolved_at=chance.randrange(at, self.until) if settled else None,
            reopened_at=chance.choice([None, chance.randrange(self.since, self.until)]),
            operator_id=chance.choice([None, "o0", "o1"]),
            created_at=at,
            updated_at=at,
        )
        while at < self.until:
            self.message(id, at)
            at += chance.choice([0, 1, 700, 40_000, 10 * MINUTE, 3 * HOUR, 30 * HOUR])

    def message(self, conversation: str, at: int) -> None:
        chance = self.chance
        self.number += 1
        id = f"m{self.number:06}"
        sender = chance.choice(["customer", "customer", "auto_reply", "cs"])
        status = "received" if sender == "customer" else chance.choice([*OUT, "failed", "queued", "unknown"])
        sent = None if status in ("queued", "failed") else at + chance.choice([-1_000, 0, 2_500, 90_000])
        self.put(
            "messages",
            id=id,
            conversation_id=conversation,
            sender_type=sender,
            status=status,
            sent_at=sent if chance.random() < 0.9 else None,
            created_at=at,
            is_imported=int(chance.random() < 0.1),
        )
        if sender == "cs" and chance.random() < 0.7:
            self.put(
                "outbox",
                id=id,
                conversation_id=conversation,
                chat=conversation,
                text="",
                rule_id="",
                due_at=at,
                created_at=at,
                sequence=self.number,
                status=status,
                kind="person",
                operator=chance.choice(PEOPLE),
            )
        if sender == "customer":
            for number in range(chance.choice([1, 1, 2])):
                rule = chance.choice([None, *RULES])
                self.put(
                    "auto_reply_logs",
                    id=f"{id}-{number}",
                    conversation_id=conversation,
                    message_id=id,
                    rule_id=rule,
                    reason="answered" if rule else chance.choice(["no_match", "paused", "from_me"]),
                    execution_micros=100,
                    success=int(chance.random() < 0.8),
                    triggered_at=at,
                )


class Slow:
    """The same by reading all rows."""

    def __init__(self, connection: sqlite3.Connection, days: Days) -> None:
        self.days = days
        rows = {table: [dict(row) for row in connection.execute(f"SELECT * FROM {table}")] for table in
                ("messages", "outbox", "auto_reply_logs", "conversations")}  # fmt: skip
        self.every = [row for row in rows["messages"] if self.counts(row)]
        self.messages = [row for row in self.every if self.within(row["created_at"])]
        self.outbox = {row["id"]: row for row in rows["outbox"]}
        self.logs = [row for row in rows["auto_reply_logs"] if self.within(row["triggered_at"])]
        self.conversations = rows["conversations"]

    def within(self, at: int) -> bool:
        return self.days.first <= self.local(at).date() <= self.days.last

    def local(self, at: int) -> datetime:
        return datetime.fromtimestamp(at / 1000, self.days.zone)

    @staticmethod
    def counts(row: dict[str, Any]) -> bool:
        return not row["is_imported"] and (row["sender_type"] == "customer" or row["status"] in OUT)

    def by_day(self) -> dict[date, tuple[int, int]]:
        found: dict[date, list[str]] = defaultdict(list)
        for row in self.messages:
            found[self.local(row["created_at"]).date()].append(row["conversation_id"])
        return {day: (len(set(chats)), len(chats)) for day, chats in found.items()}

    def by_hour(self) -> dict[int, tuple[int, int]]:
        seen: dict[int, set[Any]] = defaultdict(set)
        said: dict[int, int] = defaultdict(int)
        for row in self.messages:
            if row["sender_type"] == "customer":
                at = self.local(row["created_at"])
                seen[at.hour].add((row["conversation_id"], at.date()))
                said[at.hour] += 1
        return {hour: (len(seen[hour]), said[hour]) for hour in seen}

    def waits(self) -> dict[tuple[date, str, str], tuple[int, int]]:
        found: dict[tuple[date, str, str], list[int]] = defaultdict(list)
        for chat in {row["conversation_id"] for row in self.messages}:
            question = None
            for row in self.in_order(self.messages, chat):
                if row["sender_type"] == "customer":
                    question = question or row
                elif question is not None:
                    sent = self.outbox.get(row["id"], {"operator": ""})["operator"]
                    key = (self.local(question["created_at"]).date(), row["sender_type"], sent)
                    found[key].append(max(self.said(row) - self.said(question), 0))
                    question = None
        return {key: (len(waited), sum(waited)) for key, waited in found.items()}

    @staticmethod
    def said(row: dict[str, Any]) -> int:
        return int(row["sent_at"] or row["created_at"])

    @staticmethod
    def in_order(rows: list[dict[str, Any]], chat: str) -> list[dict[str, Any]]:
        mine = [row for row in rows if row["conversation_id"] == chat]
        return sorted(mine, key=lambda row: (row["created_at"], row["sender_type"] != "customer", row["id"]))

    def settled(self) -> dict[str, tuple[int, int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for row in self.conversations:
            if row["resolved_at"] is None or not self.within(row["resolved_at"]):
                continue
            began, before = row["created_at"], None
            for said in self.in_order(self.every, row["id"]):
                at = said["created_at"]
                if at > row["resolved_at"]:
                    break
                if said["sender_type"] == "customer" and (before is None or at - before > DAY):
                    began = at
                before = at
            began = max(began, row["reopened_at"] or 0)
            found[row["operator_id"] or ""].append(max(row["resolved_at"] - began, 0))
        return {who: (len(took), sum(took)) for who, took in found.items()}


@pytest.fixture(params=SPANS, ids=lambda param: str(param[0].zone))
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Any, Slow]]:
    days, seed = request.param
    with closing(open_file(lay(tmp_path))) as connection:
        Chats(connection, days, seed)
        yield asker(connection, "warung"), Slow(connection, days)


def test_every_figure_is_what_reading_all_rows_finds(both: tuple[Any, Slow]) -> None:
    ask, slow = both
    found = span(ask, slow.days)
    asked = [row for row in slow.messages if row["sender_type"] == "customer"]
    assert dict(found.totals) == {
        "messages": len(slow.messages),
        "conversations": len({row["conversation_id"] for row in slow.messages}),
        "asked": len(asked),
        "customers": len({row["conversation_id"] for row in asked}),
    }
    assert dict(found.days) == slow.by_day()
    assert hours(ask, slow.days) == slow.by_hour()
    assert {(one.day, one.sender, one.operator): (one.number, one.millis) for one in found.waits} == slow.waits()
    assert dict(found.settled) == slow.settled()
    touched = {row["conversation_id"] for row in slow.messages}
    standing = [row["status"] for row in slow.conversations if row["id"] in touched]
    assert dict(found.statuses) == {status: standing.count(status) for status in set(standing)}


def test_what_people_wrote_and_what_rules_did_is_counted_row_by_row(both: tuple[Any, Slow]) -> None:
    ask, slow = both
    found = span(ask, slow.days)
    sent = [row for row in slow.outbox.values() if slow.within(row["created_at"]) and row["status"] in OUT]
    mine = {email: [row for row in sent if row["operator"] == email] for email in PEOPLE}
    assert dict(found.people) == {
        email: (len(rows), len({row["conversation_id"] for row in rows})) for email, rows in mine.items() if rows
    }
    good = [row for row in slow.logs if row["rule_id"] and row["success"]]
    assert found.answered == len({row["message_id"] for row in good})
    fired = {row["rule_id"]: (row["triggered"], row["failed"]) for row in found.rules}
    assert fired == {
        rule: (
            sum(row["rule_id"] == rule for row in good),
            sum(row["rule_id"] == rule and not row["success"] for row in slow.logs),
        )
        for rule in {row["rule_id"] for row in slow.logs if row["rule_id"]}
    }
    on = [slow.local(row["triggered_at"]).date() for row in good]
    assert rule_days(ask, slow.days) == {day: on.count(day) for day in set(on)}
    why = [row["reason"] for row in slow.logs if not row["rule_id"] and row["reason"] != "from_me"]
    assert silences(ask, slow.days) == {reason: why.count(reason) for reason in set(why)}


def test_another_tenants_rows_count_for_nobody_here(tmp_path: Path) -> None:
    with closing(open_file(lay(tmp_path))) as connection:
        days = SPANS[0][0]
        Chats(connection, days, 7)
        found = span(asker(connection, "other"), days)
        assert (dict(found.totals), found.answered, found.waits, dict(found.settled), dict(found.people)) == (
            {"messages": 0, "conversations": 0, "asked": 0, "customers": 0}, 0, (), {}, {},
        )  # fmt: skip
        assert (found.rules, dict(found.statuses), dict(found.days)) == ((), {}, {})
