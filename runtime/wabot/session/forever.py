"""What runs beside a session, or the supervisor, for as long as it does: a bug costs one round, not all that follow."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final, NoReturn

from wabot.model.failure import place_of

_AGAIN: Final = 1.0
"""Seconds until a round that broke off is begun again."""
_OFTEN: Final = 60
"""Rounds that break off at the same place between two words about it."""


async def forever(work: Callable[[], Awaitable[Any]], note: Callable[..., None], what: str) -> NoReturn:
    """Run `work` again and again, until cancelled; one that goes on by itself is only begun again after a bug. `note`
    is a `Report.note`; `what` names the work in plain words."""
    last, times = "", 0
    while True:
        try:
            await work()
        except Exception as error:
            place = place_of(error)
            times = times + 1 if place == last else 0
            last = place
            if times % _OFTEN == 0:
                note(f"{what} broke off and is begun again", level="error", error=place)
        await asyncio.sleep(_AGAIN)


@asynccontextmanager
async def beside(work: Coroutine[Any, Any, Any]) -> AsyncIterator[None]:
    """`work` goes on beside the block, and has ended when that has."""
    running = asyncio.create_task(work)
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
