"""Figures as people read them. What was never counted is a dash, not a nought."""

from datetime import date
from typing import Final

from wabot.analytics.measures import Mean, Ratio
from wabot.analytics.period import Period

NONE: Final = "-"
_MINUTE: Final = 60
_HOUR: Final = 3_600
_DAY: Final = 86_400
WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def number(count: float) -> str:
    """1234 → `1,234`."""
    return f"{count:,.0f}"


def percent(share: float | None) -> str:
    """63.158 → `63.2%`."""
    return NONE if share is None else f"{share:.1f}%"


def lasting(seconds: float | None) -> str:
    """`0.4 s`, `42 s`, `12 min`, `2 h 5 min`, `3 d 4 h`."""
    if seconds is None:
        return NONE
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < 10 * _MINUTE:
        return _parts(whole // _MINUTE, "min", whole % _MINUTE, "s")
    minutes = round(seconds / _MINUTE)
    if minutes < _MINUTE:
        return f"{minutes} min"
    if minutes < _DAY // _MINUTE:
        return _parts(minutes // _MINUTE, "h", minutes % _MINUTE, "min")
    hours = round(seconds / _HOUR)
    return _parts(hours // 24, "d", hours % 24, "h")


def _parts(large: int, unit: str, small: int, part: str) -> str:
    return f"{large:,} {unit}" + (f" {small} {part}" if small else "")


def average(mean: Mean) -> str:
    """How long it took on average."""
    return lasting(mean.seconds)


def score(marks: float | None) -> str:
    """4.5333 → `4.5`."""
    return NONE if marks is None else f"{marks:.1f}"


def part(ratio: Ratio) -> str:
    """`36 of 57`."""
    return f"{number(ratio.part)} of {number(ratio.whole)}"


def goal(ratio: Ratio) -> str:
    """`goal: more than 60%, reached`."""
    if ratio.goal is None:
        return ""
    wanted = f"goal: more than {ratio.goal:g}%"
    return wanted if ratio.reached is None else f"{wanted}, {'reached' if ratio.reached else 'not reached'}"


def span(period: Period) -> str:
    """`2026-01-05 to 2026-01-11 (7 days)`."""
    if period.first == period.last:
        return f"{day(period.first)} (1 day)"
    return f"{period.first} to {period.last} ({number(len(period))} days)"


def day(one: date) -> str:
    """`Mon 2026-01-05`."""
    return f"{WEEKDAYS[one.weekday()]} {one}"


def signed(change: float, digits: int = 1) -> str:
    """12.34 → `+12.3`."""
    shown = f"{change:+,.{digits}f}"
    return shown.replace("-", "+", 1) if float(shown.replace(",", "")) == 0 else shown
