"""The clocks: the real one, the only place in wabot that reads the time, and one that follows a recorded script."""

import time
from typing import Final

_LONGEST: Final = 1.0
"""Seconds of one sleep: the machine's clock may be set meanwhile, and a reply must not wait for what is past."""

_UNSET: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
_STEP: Final = 1_000
"""Milliseconds; less than that is no clock that was set."""


class RealClock:
    """The machine's clock."""

    def __init__(self) -> None:
        self._began = self.now() - _steady()

    def now(self) -> int:
        return time.time_ns() // 1_000_000

    def steady(self) -> int:
        return _steady()

    async def sleep(self, milliseconds: int) -> None:
        import asyncio  # whoever only asks for the time needs none of it

        now, steady = self.now(), _steady()
        while (left := milliseconds - max(self.now() - now, _steady() - steady)) > 0:
            await asyncio.sleep(min(left / 1000, _LONGEST))

    def moved(self) -> int:
        moved = self.now() - _steady() - self._began
        return moved if abs(moved) >= _STEP else 0


def _steady() -> int:
    """Milliseconds on a clock that nobody can set, and that goes on while the machine sleeps."""
    return time.clock_gettime_ns(_UNSET) // 1_000_000


class ScriptClock:
    """Stands still until it is set; sleeping moves it on at once. It begins at the machine's time, and never goes back
    once it was set."""

    def __init__(self) -> None:
        self._now = RealClock().now()
        self._was_set = False

    def now(self) -> int:
        return self._now

    def steady(self) -> int:
        return self._now

    def set(self, at: int) -> None:
        """Move to `at` (UTC milliseconds), or stay where it is when that is past."""
        self._now = max(self._now, at) if self._was_set else at
        self._was_set = True

    async def sleep(self, milliseconds: int) -> None:
        import asyncio

        self._now += max(milliseconds, 0)
        await asyncio.sleep(0)

    def moved(self) -> int:
        return 0
