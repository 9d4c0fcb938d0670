"""What must be written down however long the store takes: a full disk has space again, a lock is freed."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

from wabot.model.errors import StoreError
from wabot.session.report import Report

Result = TypeVar("Result")

_AGAIN: Final = 1.0
"""Seconds between tries."""
_OFTEN: Final = 60
"""Tries between two words about the same trouble: a full disk is no reason to fill the log."""


async def insist(work: Callable[[], Awaitable[Result]], report: Report, what: str) -> Result:
    """`work`, tried until the store takes it; `what` waits meanwhile, and the log says so."""
    tries = 0
    while True:
        try:
            done = await work()
        except StoreError as error:
            if tries % _OFTEN == 0:
                report.note(f"{what} waits for the store", level="error", error=str(error))
            tries += 1
            await asyncio.sleep(_AGAIN)
        else:
            if tries:
                report.note(f"{what} is stored after {tries} tries")
            return done


class Newest:
    """News of which only the newest counts, written down in the background when the store does not take them at once:
    a session must not stand still, or die, because its state could not be noted."""

    def __init__(self, save: Callable[..., Awaitable[None]], report: Report, what: str) -> None:
        self._save, self._report, self._what = save, report, what
        self._later: asyncio.Task[None] | None = None
        self._told = 0

    async def tell(self, *news: Any) -> None:
        """Returns at once; what was told before and still waits is dropped."""
        self._told += 1
        told = self._told
        if self._later is not None:
            self._later.cancel()
            self._later = None
        try:
            await self._save(*news)
        except StoreError as error:
            if told != self._told:  # something newer was told meanwhile, and may be stored: this must not come after
                return
            self._report.note(f"{self._what} cannot be stored yet", level="error", error=str(error))
            self._later = asyncio.create_task(insist(lambda: self._save(*news), self._report, self._what))

    def stop(self) -> None:
        """What still waits is given up."""
        if self._later is not None:
            self._later.cancel()
