"""What all chats of the shop share: its rules and hours, its people, the line, and what was counted."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Final

from bench.history.rows import Ids, Rows
from bench.history.staff import Staff
from wabot.engine.hours import is_open, local
from wabot.language.rule_set import RuleSet

if TYPE_CHECKING:
    from bench.history.chat import Chat

_HOUR: Final = 3_600_000
_DAY: Final = 24 * _HOUR
_JOURNAL: Final = 30 * _DAY


@dataclass(slots=True)
class Shop:
    """`begin` and `end` (UTC milliseconds) are the first moment and the one after the last; `outages` are spans in
    which the line was down, `pauses` such in which the owner had paused the bot."""

    rule_set: RuleSet
    rows: Rows
    ids: Ids
    chance: random.Random
    staff: Staff
    begin: int
    end: int
    outages: list[tuple[int, int]] = field(default_factory=list)
    pauses: list[tuple[int, int]] = field(default_factory=list)
    messages: int = 0
    fired: dict[str, tuple[int, int]] = field(default_factory=dict)
    quick: dict[str, tuple[int, int]] = field(default_factory=dict)
    lists: dict[tuple[str, str], str] = field(default_factory=dict)
    promised: list[tuple[int, int, "Chat"]] = field(default_factory=list)
    _promises: int = 0
    _open: dict[int, bool] = field(default_factory=dict)

    def is_open(self, at: int) -> bool:
        minute = at // 60_000
        known = self._open.get(minute)
        if known is None:
            known = is_open(self.rule_set.hours, local(at, self.rule_set.tenant.timezone))
            self._open[minute] = known
        return known

    def arrival(self, at: int) -> int:
        """When the session hears what a customer writes at `at`."""
        for first, last in self.outages:
            if first <= at < last:
                return last + 500 + int(self.chance.random() * 2_000)
        return at

    def paused(self, at: int) -> bool:
        return any(first <= at < last for first, last in self.pauses)

    def journals(self, at: int) -> bool:
        """The journal is kept for a month here: it has no part in any figure."""
        return at >= self.end - _JOURNAL

    def count(self, rule: str, at: int) -> None:
        number, last = self.fired.get(rule, (0, 0))
        self.fired[rule] = number + 1, max(last, at)

    def use_quick(self, shortcut: str, at: int) -> None:
        number, last = self.quick.get(shortcut, (0, 0))
        self.quick[shortcut] = number + 1, max(last, at)

    def promise(self, due: int, chat: "Chat") -> None:
        """Somebody must look at the chat at `due`."""
        self._promises += 1
        heappush(self.promised, (due, self._promises, chat))

    def fallen_due(self, before: int) -> Iterator["Chat"]:
        """The chats to be looked at before then, each once."""
        while self.promised and self.promised[0][0] < before:
            yield heappop(self.promised)[2]

    def write(self) -> None:
        of = self.rows.of
        of["rule_stats"] += [(rule, number, last) for rule, (number, last) in sorted(self.fired.items())]
        of["quick_reply_stats"] += [(name, number, last) for name, (number, last) in sorted(self.quick.items())]
        self.staff.write()


def begin_of(day: date, rule_set: RuleSet) -> int:
    """The moment at which `day` begins at the shop, UTC milliseconds."""
    zone = rule_set.tenant.timezone
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * 1000)
