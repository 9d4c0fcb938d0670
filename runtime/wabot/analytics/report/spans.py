"""The days of a long period, put together so that a chart of them can be read."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from wabot.analytics.overview import Figures

MOST_DAYS: Final = 45
"""A longer period is shown by weeks."""
MOST_WEEKS: Final = 54
"""A longer one by months."""


class Span(NamedTuple):
    """Days in a row, and what they add up to; customers and people of several days count once a day."""

    first: date
    last: date
    figures: Figures


def spans(days: Mapping[date, Figures]) -> tuple[str, tuple[Span, ...]]:
    """The days of a period as "day", "week" (from Monday on) or "month", whichever leaves few enough to be told apart.
    What lies at the ends may be cut."""
    if len(days) <= MOST_DAYS:
        return "day", tuple(Span(day, day, figures) for day, figures in days.items())
    kind = "week" if len(days) <= MOST_WEEKS * 7 else "month"
    return kind, tuple(_together(part, days) for part in _parts(kind, list(days)))


def _parts(kind: str, days: Sequence[date]) -> Iterator[list[date]]:
    part: list[date] = []
    for day in days:
        begins = day.weekday() == 0 if kind == "week" else day.day == 1
        if begins and part:
            yield part
            part = []
        part.append(day)
    yield part


def _together(part: Sequence[date], days: Mapping[date, Figures]) -> Span:
    return Span(part[0], part[-1], Figures._make(map(sum, zip(*(days[day] for day in part), strict=True))))
