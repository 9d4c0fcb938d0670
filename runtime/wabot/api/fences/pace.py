"""Counting who asks how often.

Two numbers a key, in memory: what was counted in this minute and in the one before, of which the part counts that lies
within the last sixty seconds. By a clock that nobody can set: a machine whose clock is set back locks nobody out. The
library `limits` goes by the wall clock, and starts a thread to forget what is over.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Final, NamedTuple

WINDOW: Final = 60_000
"""Milliseconds."""
_MOST: Final = 50_000
"""Keys that are remembered; beyond, those that were first seen longest ago are forgotten."""


class Standing(NamedTuple):
    """How somebody stands: `left` of `limit` requests; `wait` seconds (0 when this one is let through) until the next
    is."""

    limit: int
    left: int
    wait: int

    @property
    def headers(self) -> dict[str, str]:
        """As clients read it; without a wait `X-RateLimit-Reset` is the whole window's."""
        wait = {"retry-after": str(self.wait)} if self.wait else {}
        return {
            "x-ratelimit-limit": str(self.limit),
            "x-ratelimit-remaining": str(self.left),
            "x-ratelimit-reset": str(self.wait or WINDOW // 1000),
            **wait,
        }


@dataclass(slots=True)
class _Count:
    window: int
    now: int = 0
    before: int = 0


class Pace:
    """Lets `limit` pass in a minute for each key; `steady` tells milliseconds."""

    def __init__(self, limit: int, steady: Callable[[], int]) -> None:
        self.limit, self._steady = limit, steady
        self._counts: dict[str, _Count] = {}
        self._swept = 0

    def step(self, key: str) -> Standing:
        """Count one more for `key`, unless it has had its share."""
        at = self._steady()
        window, gone = divmod(at, WINDOW)
        count = self._counts.get(key)
        if count is None:
            self._forget(window)
            count = self._counts[key] = _Count(window)
        elif count.window != window:
            count.before = count.now if count.window == window - 1 else 0
            count.window, count.now = window, 0
        spent = count.now + count.before * (WINDOW - gone) / WINDOW
        if spent + 1 > self.limit:
            return Standing(self.limit, 0, self._wait(count, gone))
        count.now += 1
        return Standing(self.limit, int(self.limit - spent - 1), 0)

    def _wait(self, count: _Count, gone: int) -> int:
        """Seconds until one more has room: when enough of the minute before, or of this one, is out of sight."""
        room = self.limit - 1
        if count.now <= room:
            open_at = WINDOW * (1 - (room - count.now) / count.before)
        else:
            open_at = WINDOW + WINDOW * (1 - room / count.now)
        return max(ceil((open_at - gone) / 1000), 1)

    def _forget(self, window: int) -> None:
        if window != self._swept:
            self._swept = window
            self._counts = {key: count for key, count in self._counts.items() if count.window >= window - 1}
        while len(self._counts) >= _MOST:
            self._counts.pop(next(iter(self._counts)))
