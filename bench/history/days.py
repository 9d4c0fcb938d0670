"""How busy a small food shop is: which days, and which hours of them."""

import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

LEBARAN: Final[Mapping[int, date]] = {
    2024: date(2024, 4, 10),
    2025: date(2025, 3, 31),
    2026: date(2026, 3, 20),
    2027: date(2027, 3, 10),
    2028: date(2028, 2, 27),
}
"""The first day of Idul Fitri."""
_WEEK: Final = (0.95, 0.92, 1.0, 1.05, 1.3, 1.4, 0.5)
_HOURS: Final = (0.8, 0.4, 0.2, 0.2, 0.3, 0.8, 2, 4, 6, 8, 10, 13, 13, 8, 5, 6, 9, 12, 15, 16, 12, 7, 4, 2)
_FASTING: Final = (1, 0.8, 3, 6, 4, 1, 1, 2, 3, 4, 5, 5, 5, 6, 9, 15, 21, 17, 12, 12, 10, 7, 4, 2)
_SATURDAY: Final = (2, 1, 0.4, 0.2, 0.3, 0.6, 1, 3, 5, 8, 11, 13, 12, 9, 6, 6, 9, 13, 16, 18, 16, 12, 9, 6)
_GROWTH: Final = 1.3
"""How much busier the last day is than the first would have been, beside all else."""


def weight(day: date, number: int, days: int, holidays: frozenset[date], chance: random.Random) -> float:
    """How busy `day` is, the `number`th of `days`; 1 is an ordinary one."""
    busy = _WEEK[day.weekday()] * (0.6 + _GROWTH * number / max(days, 1)) * chance.uniform(0.85, 1.15)
    if day.day >= 25 or day.day <= 2:  # wages are paid
        busy *= 1.15
    before = _before_lebaran(day)
    if before is not None:
        return busy * (0.3 if before <= 0 else 1.9 if before <= 10 else 1.25)
    return busy * (0.75 if day in holidays else 1.0)


def hours(day: date) -> tuple[float, ...]:
    """How likely a customer writes in each of the 24 hours."""
    before = _before_lebaran(day)
    if before is not None and before > 0:
        return _FASTING
    return _SATURDAY if day.weekday() == 5 else _HOURS


def _before_lebaran(day: date) -> int | None:
    """Days until Idul Fitri in the month of fasting, 0 and less in the three days of it; None at other times."""
    feast = LEBARAN.get(day.year)
    if feast is None or not feast - timedelta(30) <= day <= feast + timedelta(2):
        return None
    return (feast - day).days
