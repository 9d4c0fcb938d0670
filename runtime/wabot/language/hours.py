"""Working hours as written; whether a moment lies in them is the engine's question."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final, NamedTuple, cast

from wabot.model.value import value

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY: Final = 24 * 60
YEARS: Final = range(2000, 2101)
"""Years of which dates may be: beyond them no business is open, and somewhere the calendar ends."""


class Span(NamedTuple):
    """Minutes after midnight, the end excluded; an end beyond `DAY` reaches into the next day."""

    start: int
    end: int


Spans = tuple[Span, ...]


@value
class Hours:
    """`weekly` has seven entries, Monday first. `closed` holds ranges of dates, both ends included. `calendar` names
    the country whose public holidays are closed ("" = none). `always` means that no hours were written: always open.
    `public` are that country's holidays by year, as far as somebody has looked them up already."""

    weekly: tuple[Spans, ...] = ((Span(0, DAY),),) * 7
    calendar: str = ""
    closed: tuple[tuple[date, date], ...] = ()
    special: Mapping[date, Spans] = MappingProxyType({})
    always: bool = True
    public: Mapping[int, frozenset[date]] = MappingProxyType({})


ALWAYS_OPEN: Final = Hours()


def parse_span(text: str) -> Span:
    """`"09:00-17:00"` → Span; an end at or before the start lies on the next day. The schema has checked the shape.

    Raises:
        ValueError: the span is empty ("09:00-09:00"), or a time is no time of day.
    """
    start, end = (_minutes(part) for part in text.split("-"))
    if start == end:
        raise ValueError(f"{text} is empty: it ends when it starts; write 00:00-24:00 for a whole day")
    if start >= DAY:
        raise ValueError(f"{text} starts at the end of the day")
    return Span(start, end if end > start else end + DAY)


def _minutes(text: str) -> int:
    hour, minute = (int(part) for part in text.split(":"))
    if minute > 59 or hour * 60 + minute > DAY:
        raise ValueError(f"{text} is no time of day; times run from 00:00 to 24:00")
    return hour * 60 + minute


def parse_days(text: str) -> tuple[int, ...]:
    """`"mon-fri"` → (0, 1, 2, 3, 4), `"sun"` → (6,); a range may run over the week's end (`"sat-mon"`)."""
    first, _, last = text.partition("-")
    start, end = DAYS.index(first), DAYS.index(last or first)
    return tuple((start + offset) % 7 for offset in range((end - start) % 7 + 1))


def read_weekly(data: Mapping[str, object]) -> tuple[Spans, ...]:
    """`{"mon-fri": ["09:00-12:00"], "sun": "closed"}` → seven entries; days not listed are closed.

    Raises:
        ValueError: as `parse_span`, or a day is written twice.
    """
    week: list[Spans] = [()] * 7
    for days, spans in data.items():
        if twice := written_before(days, data):
            raise ValueError(twice)
        for day in parse_days(days):
            week[day] = read_spans(spans)
    return tuple(week)


def written_before(days: str, weekly: Mapping[str, object]) -> str:
    """That a day of `days` belongs to a key above it, too, in a sentence; "" when none does."""
    for other in weekly:
        if other == days:
            break
        if shared := [day for day in parse_days(days) if day in parse_days(other)]:
            return f"the hours of {DAYS[shared[0]]} are written twice: in {other} and in {days}"
    return ""


def read_spans(data: object) -> Spans:
    """A list of spans, or the word `closed` → spans in order of time."""
    return () if data == "closed" else tuple(sorted(parse_span(span) for span in cast("list[str]", data)))
