"""Which days figures are about, on the tenant's clock."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from wabot.language.hours import YEARS
from wabot.model.errors import UsageError

DEFAULT_DAYS: Final = 30
"""Days of a period that nobody named, today included."""
_UNITS: Final = {"d": 1, "w": 7}
_LONGEST: Final = 36_600
_EPOCH: Final = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last`, both included, on the clock of `zone`."""

    first: date
    last: date
    zone: tzinfo

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(number) for number in range(len(self)))

    def __len__(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def since(self) -> int:
        """The moment at which it begins, UTC milliseconds."""
        return _midnight(self.first, self.zone)

    @property
    def until(self) -> int:
        """The moment at which it is over, UTC milliseconds."""
        return _midnight(self.last + timedelta(1), self.zone)

    def in_days(self) -> dict[str, str]:
        """The parameters of statements on days: `first` and `last`, as 2026-01-31."""
        return {"first": self.first.isoformat(), "last": self.last.isoformat()}

    def in_hours(self) -> dict[str, int]:
        """The parameters of statements on hours of the tenant's clock: from `since` on, before `until`."""
        first = (self.first.toordinal() - _EPOCH) * 24
        return {"since": first, "until": first + len(self) * 24}

    def before(self) -> "Period":
        """As many days, right before these."""
        return Period(self.first - timedelta(len(self)), self.first - timedelta(1), self.zone)


def read_period(first: str, last: str, lasting: str, today: date, zone: tzinfo) -> Period:
    """The period that `--from`, `--to` and `--last` name ("" where one is not given); by default the last thirty days,
    today included. Days are written as 2026-01-31, what it lasts as 7d, 4w or a number of days.

    Raises:
        UsageError: it is none.
    """
    if lasting and (first or last):
        raise UsageError("--last says how many days until today; give it, or --from and --to, not both")
    end = _day("--to", last, today)
    days = _days(lasting) if lasting else DEFAULT_DAYS
    begin = _day("--from", first, end - timedelta(days - 1))
    if begin > end:
        raise UsageError(
            f"the period ends before it begins: {begin} is later than {end}; --from must not be after --to"
        )
    return Period(begin, end, zone)


def _day(option: str, written: str, default: date) -> date:
    if not written:
        return default
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise UsageError(f"{option} {written}: write a day as 2026-01-31") from None
    if day.year not in YEARS:
        raise UsageError(f"{option} {written}: the year must be from {YEARS[0]} to {YEARS[-1]}")
    return day


def _days(written: str) -> int:
    found = re.fullmatch(r"(\d{1,5})([dw]?)", written.strip().lower())
    days = int(found[1]) * _UNITS[found[2] or "d"] if found else 0
    if not 0 < days <= _LONGEST:
        raise UsageError(f"--last {written}: write a number of days as 7d, or of weeks as 4w")
    return days


def _midnight(day: date, zone: tzinfo) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * 1000)
