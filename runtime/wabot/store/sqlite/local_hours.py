"""The hours that a tenant's clock shows."""

from datetime import datetime, tzinfo
from typing import Final

_QUARTER: Final = 900_000
"""Milliseconds; clocks of all zones are set at full quarters of an hour."""
_HOUR: Final = 3_600_000


class LocalHours:
    """The hours of a clock, counted from 1970-01-01 00:00 on it. Clocks that are set back show an hour twice: both
    count as one."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._offsets: dict[int, int] = {}

    def begins(self, at: int) -> int:
        """When the hour of a moment began, on this clock; where the clock was set meanwhile, when it was set."""
        quarter = at // _QUARTER
        while self.hour((quarter - 1) * _QUARTER) == self.hour(quarter * _QUARTER):
            quarter -= 1
        return quarter * _QUARTER

    def ends(self, at: int) -> int:
        """When the hour of a moment is over."""
        quarter = at // _QUARTER + 1
        while self.hour(quarter * _QUARTER) == self.hour(at):
            quarter += 1
        return quarter * _QUARTER

    def hour(self, at: int) -> int:
        """The hour of a moment (UTC milliseconds)."""
        quarter = at // _QUARTER
        offset = self._offsets.get(quarter)
        if offset is None:
            shown = datetime.fromtimestamp(quarter * _QUARTER / 1000, self._zone).utcoffset()
            offset = self._offsets[quarter] = int(shown.total_seconds() * 1000) if shown is not None else 0
        return (at + offset) // _HOUR
