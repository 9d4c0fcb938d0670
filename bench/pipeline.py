"""The whole pipeline, from a customer's message to the reply in the outbox and out, beside what SQLite alone can do.

`make bench`. A real session on a real file with synchronous=FULL, delays off: each of N chats says something, waits
until its turn is durable in the outbox, and says the next thing. In the same run, on the same disk: (a) the floor:
every statement that wrote something, run again by bare sqlite3, with the commits that must be flushed: two for so many
turns as share them, the turn's record and the claim before the send. Whatever else is written waits for no flush of
its own (docs/architecture.md, The store), so that here it stands in these two; (b) the same with a commit for each
statement.
"""

import asyncio
import random
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from wabot.engine.load import load_tenant
from wabot.language.tenant import Loaded
from wabot.model.message import Message
from wabot.model.session import SessionState
from wabot.model.turn import Outbound, Turn
from wabot.ports import Channel, Inbox
from wabot.session.clock import RealClock
from wabot.session.report import Mute
from wabot.session.session import Place, Session
from wabot.store.sqlite import SqliteStore
from wabot.store.sqlite.opening import open_file
from wabot.store.sqlite.queries import queries

FLUSHES: Final = 2
"""Commits of a turn that are waited for until they are on the disk: its record, and the claim of its reply."""
TURNS: Final = {1: 300, 8: 1_600, 64: 6_400}
ROUNDS: Final = 3
AIM: Final = 0.5
SINGLE: Final = 3_000
"""Statements that are committed one by one: enough to know what a turn of them costs."""
TENANT: Final = Path(__file__).parent.parent / "rules" / "warung-sari"
SAID: Final = (
    "jam buka?", "ongkir ke dago brp kak", "menu dong", "pesan nasi rames 2 ya", "makasih kak", "bisa qris?",
    "lokasinya di mana?", "cara order gimana", "halo kak", "masih ada es jeruk?", "ini bukti transfernya", "oke siap",
)  # fmt: skip


class Written(NamedTuple):
    """A statement that wrote."""

    sql: str
    values: dict[str, Any]


class Timed(SqliteStore):
    """The store, which tells when each turn is durable."""

    def __init__(self, connection: sqlite3.Connection, tenant: str) -> None:
        super().__init__(connection, tenant)
        self.recorded: dict[tuple[str, str], asyncio.Future[float]] = {}

    async def record(self, turn: Turn) -> None:
        await super().record(turn)
        self.recorded.pop((turn.message.chat, turn.message.id)).set_result(time.perf_counter())


class Noting(Timed):
    """The store, which also notes what it wrote."""

    def __init__(self, connection: sqlite3.Connection, tenant: str) -> None:
        super().__init__(connection, tenant)
        self.written: list[Written] = []
        ask = self._ask
        writing = {name: sql for name, sql in queries().items() if sql.startswith(("INSERT", "UPDATE", "DELETE"))}

        def noting(statement: str, /, **values: Any) -> sqlite3.Cursor:
            if statement in writing:
                self.written.append(Written(writing[statement], {**values, "tenant": tenant}))
            return ask(statement, **values)

        self._ask = noting


class Crowd:
    """A channel with so many customers in flight, each of whom waits for the shop before going on."""

    def __init__(self, store: Timed, in_flight: int) -> None:
        self._store, self._in_flight = store, in_flight
        self._chance = random.Random(1)
        self.latencies: list[float] = []
        self.sent = 0
        self.seconds = 0.0

    async def run(self, inbox: Inbox) -> None:
        await inbox.state(SessionState("connected"))
        began = time.perf_counter()
        each = TURNS[self._in_flight] // self._in_flight
        await asyncio.gather(*(self._talk(inbox, number, each) for number in range(self._in_flight)))
        await inbox.settled()
        self.seconds = time.perf_counter() - began

    async def _talk(self, inbox: Inbox, number: int, turns: int) -> None:
        loop = asyncio.get_running_loop()
        for turn in range(turns):
            chat = f"62812{number:04}{turn // 4:05}"  # a customer asks four things and goes; the next one comes
            text = self._chance.choice(SAID)
            message = Message(f"M{turn}", chat, text, phone=chat, name="Budi", sent_at=RealClock().now())
            done = self._store.recorded[chat, message.id] = loop.create_future()
            arrived = time.perf_counter()
            await inbox.message(message)
            self.latencies.append(await done - arrived)

    async def send(self, outbound: Outbound) -> None:
        self.sent += 1

    async def typing(self, chat: str, on: bool) -> None: ...

    async def close(self) -> None: ...


_Store = TypeVar("_Store", bound=Timed)


class Run(NamedTuple):
    """Turns a second, and the 95th percentile from arrival to outbox in milliseconds."""

    turns: float
    p95: float
    floor: float
    single: float


def unlimited(folder: Path) -> Loaded:
    """The tenant, with more replies a minute than any shop may send."""
    loaded = load_tenant(folder)
    assert loaded.rule_set is not None, "the example tenant has errors"
    tenant = loaded.rule_set.tenant
    auto = replace(tenant.auto_reply, max_per_minute=10_000_000)
    return replace(loaded, rule_set=replace(loaded.rule_set, tenant=replace(tenant, auto_reply=auto)))


async def wabot(place: Path, in_flight: int, kind: type[_Store]) -> tuple[Crowd, _Store]:
    """One run of the product."""
    store = kind(open_file(place / "data"), TENANT.name)
    crowd = Crowd(store, in_flight)
    await serve(place, store, crowd)
    return crowd, store


async def serve(place: Path, store: Timed, channel: Channel) -> None:
    """One tenant's session, until its customers have nothing more to say."""
    rules = place / "rules" / TENANT.name
    shutil.copytree(TENANT, rules)
    session = Session(
        Place(rules, place / "data"),
        store,
        lambda _live: channel,
        RealClock(),
        Mute(),
        hurry=True,
        watch=False,
        load=unlimited,
    )
    await session.run()
    await store.close()


def bare(place: Path, written: Sequence[Written], commits: int) -> float:
    """Seconds that sqlite3 alone takes for what was written, in so many commits."""
    connection = open_file(place)
    size = -(-len(written) // commits)
    began = time.perf_counter()
    for start in range(0, len(written), size):
        connection.execute("BEGIN IMMEDIATE")
        for sql, values in written[start : start + size]:
            connection.execute(sql, values)
        connection.execute("COMMIT")
    seconds = time.perf_counter() - began
    connection.close()
    return seconds


def once(in_flight: int) -> Run:
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent) as folder:
        place = Path(folder)
        crowd, _ = asyncio.run(wabot(place / "timed", in_flight, Timed))
        _, store = asyncio.run(wabot(place / "noting", in_flight, Noting))
        turns = TURNS[in_flight]
        floor = turns / bare(place / "floor", store.written, FLUSHES * turns // in_flight)
        few = store.written[:SINGLE]
        single = turns * len(few) / len(store.written) / bare(place / "single", few, len(few))
    p95 = statistics.quantiles(crowd.latencies, n=20)[-1] * 1000
    return Run(turns / crowd.seconds, p95, floor, single)


def main() -> int:
    print(
        "| chats in flight | turns/s | p95 to outbox | (a) floor, turns/s | wabot / (a) | (b) turns/s | wabot / (b) |"
    )
    print("|---:|---:|---:|---:|---:|---:|---:|")
    reached = 0.0
    for in_flight in TURNS:
        runs = [once(in_flight) for _ in range(ROUNDS)]
        best = Run(*(statistics.median(values) for values in zip(*runs, strict=True)))
        reached = best.turns / best.floor
        print(
            f"| {in_flight} | {best.turns:,.0f} | {best.p95:.1f} ms | {best.floor:,.0f} | {reached:.0%} "
            f"| {best.single:,.0f} | {best.turns / best.single:.1f}× |"
        )
    print(f"\naim at 64 in flight: ≥ {AIM:.0%} of the floor: {'reached' if reached >= AIM else 'MISSED'}")
    return 0 if reached >= AIM else 1


if __name__ == "__main__":
    sys.exit(main())
