"""Figures that are told: brought up to date first, beside the event loop, behind everybody else, and not twice."""

import asyncio
import os
import threading
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from wabot.analytics.known import known
from wabot.analytics.period import Period
from wabot.api.house import House
from wabot.model.errors import StoreError
from wabot.store.sqlite.aggregating import Left, count_all
from wabot.store.sqlite.opening import NAME
from wabot.store.sqlite.queries import Ask
from wabot.store.sqlite.reading import asking

Result = TypeVar("Result")
KEPT: Final = 60_000
"""Milliseconds for which figures are told again without being read anew."""
_MOST: Final = 200
"""Figures that are kept."""
_THREADS: Final = 2
_NICE: Final = 10
_PATIENCE: Final = 5.0
"""Seconds for which somebody waits for what is not counted yet; whoever asks later has it counted further."""


@dataclass(frozen=True, slots=True)
class Told(Generic[Result]):
    """Figures. `as_of` is when all that was stored had been counted (UTC milliseconds; None: never yet)."""

    figures: Result
    as_of: int | None


class Figures:
    """Counts and reads in threads of its own, on connections of its own, and after whoever answers customers: the
    system lets those threads work when nobody else does. A tenant's figures are read one after the other, so that what
    several ask for at once is counted once."""

    def __init__(self, house: House, patience: float = _PATIENCE) -> None:
        self._house, self._patience = house, patience
        self._kept: dict[tuple[Any, ...], tuple[int, Any]] = {}
        self._turns: dict[str, asyncio.Lock] = {}
        self._threads = ThreadPoolExecutor(_THREADS, "figures", initializer=_step_back)

    async def get(self, tenant: str, period: Period, read: Callable[[Ask, Period], Result]) -> Told[Result]:
        """What `read` finds of those days, or found within the last minute. Where the store cannot be written, and
        where too much is to be counted, it is read as it was counted.

        Raises:
            Problem: there is no such tenant.
            StoreError: its store cannot be read.
        """
        self._house.desk(tenant)  # it is there, and up to date
        key, folder = (tenant, read, period), self._house.data / tenant
        async with self._turns.setdefault(tenant, asyncio.Lock()):
            now = self._house.clock.now()
            found = self._kept.get(key)
            if found is not None and abs(now - found[0]) < KEPT:
                kept: Told[Result] = found[1]
                return kept

            def work() -> tuple[Told[Result], bool]:
                whole = self._count(folder, tenant, period, now)
                with asking(folder, tenant) as ask:
                    return Told(read(ask, period), known(ask).counted_at), whole

            told, whole = await asyncio.get_running_loop().run_in_executor(self._threads, work)
            if not whole:
                return told
            if len(self._kept) >= _MOST:
                self._kept.clear()
            self._kept[key] = (now, told)
            return told

    def close(self) -> None:
        """What is being counted ends by itself; nothing else begins."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _count(self, folder: Path, tenant: str, period: Period, now: int) -> bool:
        """Bring the figures up to date; False when that takes longer than anybody waits."""
        until = time.monotonic() + self._patience

        def told(left: Left) -> None:
            if any(left) and time.monotonic() > until:
                raise _Enough

        try:
            if (folder / NAME).is_file():  # where it is being replaced, none is made in its place
                count_all(folder, tenant, period.zone, now, told)
        except StoreError:
            return True
        except _Enough:
            return False
        return True


class _Enough(Exception):
    """Nobody waits any longer."""


def figures_of(house: House) -> Figures:
    """The house's own."""
    return house.part("figures", lambda: Figures(house))


@asynccontextmanager
async def keeping_figures(house: House) -> AsyncIterator[None]:
    """Nothing is counted once the API has ended."""
    yield
    figures_of(house).close()


def _step_back() -> None:
    with suppress(OSError, AttributeError):  # on Linux a thread has a priority of its own; elsewhere nothing is changed
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
