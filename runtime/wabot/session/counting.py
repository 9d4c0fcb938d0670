"""Counting what a session does, for those who watch: totals since the session began, told to the supervisor.

Totals, not differences: news that are lost on the way are made good by the next. The supervisor adds up the sessions
of a tenant. No message, number or name is in them.
"""

import asyncio
from bisect import bisect_left
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from typing import Any, Final

from wabot.model.backlog import Backlog
from wabot.model.errors import StoreError
from wabot.model.message import Message
from wabot.model.turn import Outbound, Turn
from wabot.ports import Clock
from wabot.session.forever import forever
from wabot.session.report import Outcome, Report

BOUNDS: Final = (0.05, 0.1, 0.25, 0.5, 1, 2, 3, 4, 5, 7.5, 10, 15, 30, 60, 120, 300, 600)
"""Upper bounds of the latencies' buckets, in seconds; one more bucket takes what is longer."""
LATENCIES: Final = ("arrival_to_due", "arrival_to_sent", "due_to_sent")
MOST_RULES: Final = 500
"""Rules told apart; over years of changes there may be any number. The others are one, `_other`."""
OTHER: Final = "_other"
_BATCH: Final = 0.5
"""Seconds for which news are gathered."""
_LOOK: Final = 15.0
"""Seconds between looks at what waits."""
_AT_ONCE: Final = 200
"""Totals in one piece of news: one that is too long is not told."""

Tell = Callable[..., None]
Series = tuple[str, ...]
"""A counter's name and labels: `replies` rule outcome, `silences` reason, `messages`, `reconnects`."""


class Counting:
    """A `Report` that counts, and passes everything on to `report`."""

    def __init__(
        self, report: Report, clock: Clock, tell: Tell, backlog: Callable[[int], Awaitable[Backlog]] | None = None
    ) -> None:
        self._report, self._clock, self._tell, self._backlog = report, clock, tell, backlog
        self._counts: dict[Series, int] = {("messages",): 0}
        self._link = ""
        self._latencies = {name: [0] * (len(BOUNDS) + 1) for name in LATENCIES}
        self._sums = dict.fromkeys(LATENCIES, 0.0)
        self._changed: set[Series] = {("messages",)}
        self._slower: set[str] = set()
        self._rules: set[str] = set()
        self._arrived: dict[tuple[str, str], int] = {}
        self._waiting: dict[str, int] = {}
        self._news = asyncio.Event()

    def stands(self, status: str) -> None:
        """Note the session's state. A connection that was cut and made again is counted, the first one is not."""
        if status == "connected":
            if self._link == "cut":
                self._count("reconnects")
            self._link = "up"
        elif status == "disconnected" and self._link:
            self._link = "cut"

    def arrived(self, message: Message, at: int) -> None:
        self._report.arrived(message, at)
        if not message.from_me:
            self._count("messages")
            self._arrived[message.chat, message.id] = at

    def heard(self, message: Message) -> None:
        self._report.heard(message)

    def decided(self, turn: Turn) -> None:
        self._report.decided(turn)
        # One that a session before this one journalled counts from its decision.
        arrived = self._arrived.pop((turn.message.chat, turn.message.id), turn.at)
        for reply in turn.replies:
            self._waiting[reply.id] = arrived
            self._took("arrival_to_due", reply.due - arrived)

    def silent(self, message: Message, reason: str) -> None:
        self._report.silent(message, reason)
        if reason != "duplicate":
            self._arrived.pop((message.chat, message.id), None)
        if reason != "from_me":
            self._count("silences", reason)

    def sent(self, outbound: Outbound) -> None:
        self._report.sent(outbound)

    def became(self, rule: str, outcome: Outcome, outbound: Outbound | None = None) -> None:
        self._report.became(rule, outcome, outbound)
        self._count("replies", self._bounded(rule), outcome)
        if outbound is not None:
            arrived = self._waiting.pop(outbound.id, outbound.created)
            if outcome == "sent":
                now = self._clock.now()
                self._took("arrival_to_sent", now - arrived)
                self._took("due_to_sent", now - outbound.due)

    def note(self, event: str, *, level: str = "info", **details: Any) -> None:
        self._report.note(event, level=level, **details)

    async def run(self) -> None:
        """Tell, until cancelled: what changed soon after it did, and now and then what waits."""
        while True:
            await self._look()
            self.tell()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), _LOOK)
                await asyncio.sleep(_BATCH)
            self._news.clear()

    def tell(self) -> None:
        """Tell what changed since it was told last."""
        changed, self._changed = sorted(self._changed), set()
        for start in range(0, len(changed), _AT_ONCE):
            self._tell("counts", counters=[[*key, self._counts[key]] for key in changed[start : start + _AT_ONCE]])
        if self._slower:
            told = {name: [*self._latencies[name], round(self._sums[name], 3)] for name in sorted(self._slower)}
            self._slower = set()
            self._tell("counts", latencies=told)

    async def _look(self) -> None:
        if self._backlog is not None:
            with suppress(StoreError):
                self._tell("counts", backlog=asdict(await self._backlog(self._clock.now())))

    def _count(self, *series: str) -> None:
        self._counts[series] = self._counts.get(series, 0) + 1
        self._changed.add(series)
        self._news.set()

    def _took(self, name: str, milliseconds: int) -> None:
        seconds = max(milliseconds, 0) / 1000
        self._latencies[name][bisect_left(BOUNDS, seconds)] += 1
        self._sums[name] += seconds
        self._slower.add(name)
        self._news.set()

    def _bounded(self, rule: str) -> str:
        if rule not in self._rules:
            if len(self._rules) >= MOST_RULES:
                return OTHER
            self._rules.add(rule)
        return rule


@asynccontextmanager
async def counting(
    report: Report, clock: Clock, tell: Tell, backlog: Callable[[int], Awaitable[Backlog]]
) -> AsyncIterator[Counting]:
    """Count within the block; what is counted last is told at its end."""
    made = Counting(report, clock, tell, backlog)
    telling = asyncio.create_task(forever(made.run, report.note, "counting"))
    try:
        yield made
    finally:
        telling.cancel()
        made.tell()
