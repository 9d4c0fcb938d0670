"""The last look before a message is the library's, in the thread that gives it to the library.

The library takes one message after the other. Were the next one given to it only when the event loop has heard of the
last one's acknowledgement, a thread and a busy loop would lie between the two, each time; were it given to it before,
it would be sealed at whatever moment that acknowledgement comes. So the next one waits in front of the library, and is
asked about again when its turn has come.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Any, Final

PATIENCE: Final = 10.0
"""Seconds of waiting for the message before: then whoever waits asks anew whether it may go out at all."""


class HeldBack(Exception):
    """The message was not given to the library."""


class NotYet(HeldBack):
    """It may not leave at this moment: somebody wrote."""


class Occupied(HeldBack):
    """The message before has not been acknowledged yet."""


def _always() -> bool:
    return True


_ready: ContextVar[Callable[[], bool]] = ContextVar("ready", default=_always)


class Gate:
    """Stands in for the library's functions `calls`, of which `library.SendMessage` is passed one call at a time."""

    def __init__(self, calls: Any, library: Any) -> None:
        self._calls, self._library = calls, library
        self._one_by_one = Lock()

    def __getattr__(self, name: str) -> Any:
        return self._send if name == "SendMessage" else getattr(self._calls, name)

    async def _send(self, *arguments: Any) -> Any:
        """Raises HeldBack."""
        return await asyncio.to_thread(self._pass, _ready.get(), *arguments)

    def _pass(self, ready: Callable[[], bool], *arguments: Any) -> Any:
        if not self._one_by_one.acquire(timeout=PATIENCE):
            raise Occupied
        try:
            if not ready():
                raise NotYet
            return self._library.SendMessage(*arguments)
        finally:
            self._one_by_one.release()


@contextmanager
def asked(ready: Callable[[], bool]) -> Iterator[None]:
    """What is sent within the block passes when `ready` says so, which is called in another thread and may raise."""
    token = _ready.set(ready)
    try:
        yield
    finally:
        _ready.reset(token)
