"""What happened in a tenant's chats in a span of days, from the rows as they are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, Final

from wabot.store.sqlite.counting import CONVERSATION_GAP
from wabot.store.sqlite.queries import Ask

LONGEST: Final = 92
"""Days of a span at most."""
_EPOCH: Final = date(1970, 1, 1).toordinal()
_NEVER: Final = 2**62


@dataclass(frozen=True, slots=True)
class Days:
    """The days from `first` to `last`, both included, on the clock of `zone`."""

    first: date
    last: date
    zone: tzinfo

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(number) for number in range(len(self)))

    def __len__(self) -> int:
        return (self.last - self.first).days + 1

    def values(self) -> dict[str, int]:
        """The parameters of the statements `span_…`. Clocks turn at most twice in a span."""
        since, until = self._midnight(self.first), self._midnight(self.last + timedelta(1))
        turns = list(self._turns(since, until))[:2]
        offsets = [self._offset(since), *(self._offset(turn) for turn in turns)]
        turns += [_NEVER] * (2 - len(turns))
        offsets += [offsets[-1]] * (3 - len(offsets))
        return {
            "since": since,
            "until": until,
            **dict(zip(("turn", "turn_again"), turns, strict=True)),
            **dict(zip(("offset", "offset_then", "offset_last"), offsets, strict=True)),
        }

    def _midnight(self, day: date) -> int:
        return int(datetime(day.year, day.month, day.day, tzinfo=self.zone).timestamp() * 1000)

    def _offset(self, at: int) -> int:
        found = datetime.fromtimestamp(at / 1000, self.zone).utcoffset() or timedelta()
        return int(found.total_seconds() * 1000)

    def _turns(self, since: int, until: int) -> Iterator[int]:
        """The moments at which the clock is set: an hour is looked at closely only when it holds one."""
        hour, minute = 3_600_000, 60_000
        for at in range(since, until, hour):
            if self._offset(at) != self._offset(at + hour):
                yield next(one for one in range(at, at + hour + 1, minute) if self._offset(one) != self._offset(at))


@dataclass(frozen=True, slots=True)
class Wait:
    """How often questions of one day were answered by one side (`sender`, and the e-mail of the `operator`, "" for a
    rule or the shop's phone), and for how many milliseconds they waited together."""

    day: date
    sender: str
    operator: str
    number: int
    millis: int


@dataclass(frozen=True, slots=True)
class Span:
    """The figures of a span of days. `settled` and `settled_millis` are by the id of the operator ("": nobody's),
    `people` by e-mail: messages, and chats in which they wrote them."""

    totals: Mapping[str, int]
    answered: int
    days: Mapping[date, tuple[int, int]]
    waits: tuple[Wait, ...]
    settled: Mapping[str, tuple[int, int]]
    people: Mapping[str, tuple[int, int]]
    rules: tuple[Any, ...]
    statuses: Mapping[str, int]

    def average_wait(self, sender: str = "", operator: str | None = None, day: date | None = None) -> float | None:
        """Seconds that questions waited on average; None where none was answered."""
        found = [
            one
            for one in self.waits
            if (not sender or one.sender == sender)
            and (operator is None or one.operator == operator)
            and (day is None or one.day == day)
        ]
        number = sum(one.number for one in found)
        return sum(one.millis for one in found) / number / 1000 if number else None


def span(ask: Ask, days: Days) -> Span:
    """What happened on those days."""
    values = days.values()
    return Span(
        totals=dict(ask("span_totals", **values).fetchone()),
        answered=ask("span_answered", **values).fetchone()["number"],
        days={_day(row["day"]): (row["conversations"], row["messages"]) for row in ask("span_days", **values)},
        waits=tuple(
            Wait(_day(row["day"]), row["sender"], row["operator"], row["number"], row["millis"])
            for row in ask("span_waits", **values)
        ),
        settled={
            row["operator"]: (row["number"], row["millis"])
            for row in ask("span_settled", gap=CONVERSATION_GAP, **values)
        },
        people={row["operator"]: (row["messages"], row["conversations"]) for row in ask("span_people", **values)},
        rules=tuple(ask("span_rules", **values).fetchall()),
        statuses={row["status"]: row["number"] for row in ask("span_statuses", **values)},
    )


def hours(ask: Ask, days: Days) -> dict[int, tuple[int, int]]:
    """By the hour of the day in which customers wrote: conversations, and messages of theirs."""
    return {row["hour"]: (row["conversations"], row["messages"]) for row in ask("span_hours", **days.values())}


def rule_days(ask: Ask, days: Days) -> dict[date, int]:
    """How often rules answered, by day."""
    return {_day(row["day"]): row["triggered"] for row in ask("span_rule_days", **days.values())}


def silences(ask: Ask, days: Days) -> dict[str, int]:
    """Why no rule answered, and how often; the most frequent first."""
    return {row["reason"]: row["number"] for row in ask("span_silences", **days.values())}


def _day(number: int) -> date:
    return date.fromordinal(_EPOCH + number)
