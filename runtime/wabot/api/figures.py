"""Counting that takes long: beside the event loop, behind everybody else, and not twice."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, TypeVar

from wabot.api.house import House
from wabot.store.sqlite.looking_back import Days
from wabot.store.sqlite.queries import Ask
from wabot.store.sqlite.reading import asking

Result = TypeVar("Result")
KEPT: Final = 60_000
"""Milliseconds for which figures are told again without being counted anew."""
_MOST: Final = 200
"""Figures that are kept."""
_THREADS: Final = 2
_NICE: Final = 10


class Figures:
    """Counts in threads of its own, on connections of its own, and after whoever answers customers: the system lets
    those threads work when nobody else does. A tenant's figures are counted one after the other, so that what several
    ask for at once is counted once."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._kept: dict[tuple[Any, ...], tuple[int, Any]] = {}
        self._turns: dict[str, asyncio.Lock] = {}
        self._threads = ThreadPoolExecutor(_THREADS, "figures", initializer=_step_back)

    async def get(self, tenant: str, days: Days, count: Callable[[Ask, Days], Result]) -> Result:
        """What `count` finds on those days, or found within the last minute.

        Raises:
            Problem: there is no such tenant.
            StoreError: its store cannot be read.
        """
        self._house.desk(tenant)  # it is there, and up to date
        key, folder = (tenant, count, days), self._house.data / tenant
        async with self._turns.setdefault(tenant, asyncio.Lock()):
            now = self._house.clock.now()
            known = self._kept.get(key)
            if known is not None and abs(now - known[0]) < KEPT:
                kept: Result = known[1]
                return kept

            def work() -> Result:
                with asking(folder, tenant) as ask:
                    return count(ask, days)

            found = await asyncio.get_running_loop().run_in_executor(self._threads, work)
            if len(self._kept) >= _MOST:
                self._kept.clear()
            self._kept[key] = (now, found)
            return found

    def close(self) -> None:
        """What is being counted ends by itself; nothing else begins."""
        self._threads.shutdown(wait=False, cancel_futures=True)


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
