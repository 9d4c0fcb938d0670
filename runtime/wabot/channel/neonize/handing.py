"""What was handed to the session and is not stored yet.

A message, or what became of one, is stored in a commit. Who waited for one before handing over the next would give each
a commit of its own; handed over together they share one.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

MOST: Final = 256
"""What comes beyond it waits with the library's events, whose number has a limit."""


class Handing:
    """One connection's. `broken` is called with what the session failed with: a bug, of which the connection ends."""

    def __init__(self, broken: Callable[[BaseException], None]) -> None:
        self._broken = broken
        self._under_way: set[asyncio.Task[None]] = set()
        self._error: BaseException | None = None

    async def over(self, to_the_inbox: Coroutine[Any, Any, None]) -> None:
        """Begin with it, after all that was begun before, and return while it is under way, or when there is room."""
        task = asyncio.create_task(to_the_inbox)  # tasks start in the order in which they were made
        self._under_way.add(task)
        task.add_done_callback(self._ended)
        while len(self._under_way) >= MOST:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)

    async def done(self) -> None:
        """Return when all of it is stored; raises what the session failed with."""
        while self._under_way:
            await asyncio.wait(self._under_way)
        if self._error is not None:
            raise self._error

    def give_up(self) -> None:
        """Nobody waits for it any more; what the session has taken it keeps."""
        for task in self._under_way:
            task.cancel()

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._under_way.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._error = error
            self._broken(error)
