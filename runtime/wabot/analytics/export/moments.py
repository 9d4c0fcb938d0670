"""Moments as ISO 8601 on the tenant's clock, many at a time."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from typing import Final, NamedTuple

_QUARTER: Final = 900_000
"""Clocks are set, and differ from UTC, by whole quarters of an hour; where they once did not, each moment is worked out
by itself."""
_KEPT: Final = 10_000
"""Quarters remembered: rows come in the order of time."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_WITHIN: Final = tuple(
    tuple(f"{minute + second // 60:02}:{second % 60:02}" for second in range(900)) for minute in (0, 15, 30, 45)
)
_MINUTES: Final = ("00", "15", "30", "45")
_FORM: Final = "2026-01-31T14:00:00.000+07:00"


class _Quarter(NamedTuple):
    """What the moments of a quarter of an hour have in common: `2026-01-31T14:`, then the seconds since it began, then
    the milliseconds with the offset from UTC."""

    begins: str
    seconds: tuple[str, ...]
    ends: tuple[str, ...]
    shown: tuple[str, int]
    """The day and the hour."""


class LocalClock:
    """What the clock of `zone` shows at moments (UTC milliseconds; None stays None, and so becomes a moment that no
    calendar has)."""

    def __init__(self, zone: tzinfo) -> None:
        self.zone = zone
        self._quarters = _Quarters(zone)

    def iso(self, moments: Sequence[int | None]) -> list[str | None]:
        """2026-01-31T14:03:05.250+07:00 for each."""
        if moments.count(None) == len(moments):
            return [None] * len(moments)
        quarters = self._quarters
        return [
            None
            if at is None
            else f"{one[0]}{one[1][at % _QUARTER // 1_000]}{one[2][at % 1_000]}"
            if (one := quarters[at // _QUARTER])
            else quarters.exactly(at)
            for at in moments
        ]

    def days(self, moments: Sequence[int | None]) -> list[str | None]:
        """2026-01-31 for each."""
        return [None if shown is None else shown[0] for shown in self._shown(moments)]

    def hours(self, moments: Sequence[int | None]) -> list[int | None]:
        """0 to 23 for each."""
        return [None if shown is None else shown[1] for shown in self._shown(moments)]

    def _shown(self, moments: Sequence[int | None]) -> Iterator[tuple[str, int] | None]:
        quarters = self._quarters
        for at in moments:
            if at is None:
                yield None
            elif one := quarters[at // _QUARTER]:
                yield one.shown
            else:
                exact = quarters.exactly(at)
                yield None if exact is None else (exact[:10], int(exact[11:13]))


class _Quarters(dict[int, _Quarter | None]):
    """By the number of the quarter since 1970; None is one whose moments must be worked out each by itself."""

    def __init__(self, zone: tzinfo) -> None:
        super().__init__()
        self._zone = zone

    def __missing__(self, quarter: int) -> _Quarter | None:
        if len(self) >= _KEPT:
            self.clear()
        at, found = self.exactly(quarter * _QUARTER), None
        if at is not None and len(at) == len(_FORM) and at[14:16] in _MINUTES and at[16:23] == ":00.000":
            day, hour, minute = at[:10], int(at[11:13]), _MINUTES.index(at[14:16])
            found = _Quarter(at[:14], _WITHIN[minute], _ends(at[23:]), (day, hour))
        self[quarter] = found
        return found

    def exactly(self, at: int) -> str | None:
        try:
            return (_EPOCH + timedelta(milliseconds=at)).astimezone(self._zone).isoformat(timespec="milliseconds")
        except (OverflowError, ValueError):
            return None


@cache
def _ends(offset: str) -> tuple[str, ...]:
    return tuple(f".{millis:03}{offset}" for millis in range(1_000))
