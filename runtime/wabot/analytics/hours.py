"""When customers write in the week, how long they wait then, and whether the shop is open."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

from wabot.analytics.measures import Mean, Ratio
from wabot.analytics.period import Period
from wabot.engine.hours import spans_of
from wabot.language.hours import DAY, Hours
from wabot.store.sqlite.queries import Ask

_HOUR: Final = 60


class Cell(NamedTuple):
    """One hour of the week: what customers wrote, their questions, and how long those waited that were answered, in
    milliseconds all together. `chats` are those in which they wrote, each once a day."""

    messages: int = 0
    questions: int = 0
    responses: int = 0
    millis: int = 0
    chats: int = 0

    @property
    def wait(self) -> Mean:
        return Mean(self.responses, self.millis)

    @property
    def responded(self) -> Ratio:
        """Of the questions, those that anybody answered."""
        return Ratio(self.responses, self.questions)


EMPTY: Final = Cell()

Week = tuple[tuple[Cell, ...], ...]
"""Seven days, Monday first, of 24 hours each."""
Opening = tuple[tuple[float, ...], ...]
"""The same form: the share of each hour in which the shop was open, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What customers wrote while the shop was open, and while it was closed. An hour counts as open when the shop was
    open for at least half of it."""

    opened: Cell
    closed: Cell


def read_week(ask: Ask, period: Period) -> Week:
    """What came in each hour of the week on the days of `period`.

    Raises:
        sqlite3.Error: the store cannot be read.
    """
    found = {(row[0], row[1]): Cell(*row[2:]) for row in map(tuple, ask("figures_week", **period.in_days()))}
    return tuple(tuple(found.get((weekday, hour), EMPTY) for hour in range(24)) for weekday in range(7))


def opening(hours: Hours, period: Period) -> Opening:
    """How much of each hour of the week the shop was open on the days of `period`, by its working hours of now, its
    holidays and its special days. A weekday that is not in the period is taken from the week after it."""
    days = [period.first + timedelta(number) for number in range(max(len(period), 7))]
    minutes = [[0] * 24 for _ in range(7)]
    for day in days:
        for hour, number in enumerate(_minutes(hours, day)):
            minutes[day.weekday()][hour] += number
    times = [sum(day.weekday() == weekday for day in days) for weekday in range(7)]
    return tuple(tuple(number / _HOUR / times[weekday] for number in minutes[weekday]) for weekday in range(7))


def waiting(week: Week, shop: Opening) -> Waiting:
    """The week, by whether the shop was open."""
    sides: dict[bool, list[Cell]] = {True: [], False: []}
    for weekday in range(7):
        for hour in range(24):
            sides[shop[weekday][hour] >= 0.5].append(week[weekday][hour])
    return Waiting(_together(sides[True]), _together(sides[False]))


def _together(cells: list[Cell]) -> Cell:
    return Cell(*map(sum, zip(*cells, strict=True))) if cells else EMPTY


def _minutes(hours: Hours, day: date) -> list[int]:
    """Minutes of each hour of `day` in which the shop is open."""
    if hours.always:
        return [_HOUR] * 24
    open_at = bytearray(DAY)
    for start, end in _spans(hours, day):
        open_at[start:end] = b"\x01" * (end - start)
    return [sum(open_at[hour * _HOUR : (hour + 1) * _HOUR]) for hour in range(24)]


def _spans(hours: Hours, day: date) -> Iterator[tuple[int, int]]:
    for span in spans_of(hours, day):
        yield span.start, min(span.end, DAY)
    for span in spans_of(hours, day - timedelta(1)):
        if span.end > DAY:
            yield 0, span.end - DAY
