"""Waiting for something to become true, without looking at the clock again and again."""

import asyncio
from collections.abc import Callable


class Bell:
    """Whoever changes something rings; whoever waits looks again."""

    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[None]] = []

    def ring(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def until(self, happened: Callable[[], bool], what: str, within: float) -> None:
        """Wait until it is true. Raises AssertionError that says `what` never was, after `within` seconds."""
        try:
            async with asyncio.timeout(within):
                while not happened():
                    future = asyncio.get_running_loop().create_future()
                    self._waiting.append(future)
                    await future
        except TimeoutError:
            raise AssertionError(f"never happened: {what}") from None
