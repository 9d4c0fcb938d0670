"""What each request has the store do: how long that takes by itself, and whether an index leads to it.

`python -m bench.api_queries FOLDER` keeps the shop in the folder for the next time. The application is asked in
this process; each transaction that reads, and each statement in it, is timed. A statement that looks through a table
which grows is named.
"""

import asyncio
import random
import re
import sqlite3
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx

from bench.api_shop import Shop
from wabot.api.app import living, make_app
from wabot.api.door import open_door
from wabot.api.house import House
from wabot.session.clock import RealClock
from wabot.store.sqlite.desk import Desk

AIM: Final = 50.0
"""Milliseconds at p95 of what one request has the store read."""
_TIMES: Final = 60
_GROWING: Final = ("messages", "conversations", "contacts", "outbox", "auto_reply_logs", "conversation_chats", "feed")
_WAYS: Final = {
    "list": "limit=20",
    "list, page 4,000": "limit=20&page=4000",
    "list, active": "limit=20&status=active",
    "list, unread": "limit=20&unreadOnly=true",
    "list, by unread": "limit=20&sortBy=unread_count",
    "list, oldest first": "limit=20&sortBy=created_at&sortOrder=asc",
    "list, a tag": "limit=20&tags=vip",
    "list, two tags": "limit=20&tags=vip&tags=cod",
    "list, mine": "limit=20&assignedTo=me",
    "list, mine and resolved": "limit=20&assignedTo=me&status=resolved",
    "list, nobody's and unread": "limit=20&assignedTo=none&unreadOnly=true",
    "list, a name": "limit=20&search=budi",
    "list, a rare name": "limit=20&search=gita%20zz",
    "list, a number": "limit=20&search=0813000012",
}
_NO_AIM: Final = frozenset({"list, page 4,000"})
"""A page by its number costs what lies before it; nobody turns so many pages."""


class Watched:
    """What a desk's readings take."""

    def __init__(self, desk: Desk) -> None:
        self._read = desk.read
        self.took: list[float] = []
        self.statements: set[str] = set()
        desk._connection.set_trace_callback(self.statements.add)
        vars(desk)["read"] = self._timed  # found before the class's own

    def _timed(self, work: Callable[[Any], Any]) -> Any:
        began = time.perf_counter()
        try:
            return self._read(work)
        finally:
            self.took.append(1000 * (time.perf_counter() - began))


async def measure(shop: Shop) -> bool:
    clock = RealClock()
    token = shop.token()
    house = House(shop.data, lambda: {shop.tenant: shop.rules / shop.tenant}, clock, open_door(shop.data, clock))
    desk = house.desk(shop.tenant)
    chance = random.Random(5)
    ids = [row[0] for row in desk._connection.execute("SELECT id FROM conversations LIMIT 100000")]
    kept = True
    async with (
        living(house),
        httpx.AsyncClient(transport=httpx.ASGITransport(make_app(house)), base_url="http://wabot.test") as client,
    ):
        watched = Watched(desk)
        print(f"| the store's part of | p50 | p95 (aim {AIM:g} ms) | whole request, p50 |\n|---|---:|---:|---:|")
        for name, path in _paths(chance, ids):
            watched.took.clear()
            whole: list[float] = []
            each: dict[int, float] = defaultdict(float)
            for number in range(_TIMES):
                before, began = len(watched.took), time.perf_counter()
                answer = await client.get(path(), headers={"authorization": f"Bearer {token}"})
                whole.append(1000 * (time.perf_counter() - began))
                assert answer.status_code == 200, answer.text
                each[number] = sum(watched.took[before:])
            p95 = statistics.quantiles(each.values(), n=20)[-1]
            p50, aim = statistics.median(each.values()), name not in _NO_AIM
            kept = kept and (p95 <= AIM or not aim)
            said = "" if aim else " (no aim)"
            print(f"| {name}{said} | {p50:.2f} ms | {p95:.2f} ms | {statistics.median(whole):.2f} ms |", flush=True)
        desk._connection.set_trace_callback(None)
        scans = sorted(set(_scans(desk._connection, watched.statements)))
    for scan in scans:
        print(f"looks through a table that grows: {scan}")
    return kept and not scans


def _paths(chance: random.Random, ids: list[str]) -> list[tuple[str, Callable[[], str]]]:
    found: list[tuple[str, Callable[[], str]]] = [
        (name, partial("/api/conversations?{}".format, query)) for name, query in _WAYS.items()
    ]
    found.append(("a conversation", lambda: f"/api/conversations/{chance.choice(ids)}"))
    found.append(("messages", lambda: f"/api/messages?conversationId={chance.choice(ids)}"))
    found.append(("contacts", lambda: "/api/contacts?limit=20"))
    found.append(("contacts, a name", lambda: "/api/contacts?limit=20&search=siti"))
    found.append(("operators", lambda: "/api/cs-operators"))
    return found


def _scans(connection: sqlite3.Connection, statements: set[str]) -> list[str]:
    found = []
    for statement in statements:
        if not statement.lstrip().upper().startswith(("SELECT", "WITH")):
            continue
        for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}"):
            scanned = re.match(r"SCAN (\w+)(?! USING (COVERING )?INDEX)", row[3])
            if scanned and scanned[1] in _GROWING:
                found.append(f"{row[3]}: {' '.join(statement.split())[:200]}")
    return found


def report(shop: Shop) -> bool:
    """Whether what people ask is quick enough for the store; a table of it is printed."""
    return asyncio.run(measure(shop))


if __name__ == "__main__":
    sys.exit(0 if report(Shop(Path(sys.argv[1]))) else 1)
