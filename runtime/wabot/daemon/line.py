"""The line from a session process to its supervisor: news in one direction, each a JSON object, never waited for.

It is a Unix socket that keeps messages apart (`SOCK_SEQPACKET`), so that one is heard whole or not at all. The
session's end is inherited as a file descriptor; its number stands in the session's options.

Kinds of news: `beat` (the event loop lives; every few seconds), `state` (status, detail, action), `reload` (ok,
revision, detail). A supervisor passes over kinds that it does not know.
"""

import asyncio
import json
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

LONGEST: Final = 65_536
"""Bytes of one piece of news; what is longer is not told."""

Heard = Callable[[str, str, Mapping[str, Any]], None]
"""Is handed the tenant, the kind of news, and the news."""


class Line:
    """The session's end. `descriptor` was inherited; None is a session without a supervisor: nobody is told."""

    def __init__(self, descriptor: int | None = None) -> None:
        self._socket: socket.socket | None = None
        with suppress(OSError):  # started by hand with another's options: there is nobody at that number
            if descriptor is not None:
                self._socket = socket.socket(fileno=descriptor)
                self._socket.set_inheritable(False)
                self._socket.setblocking(False)

    def tell(self, kind: str, **data: Any) -> None:
        """Tell the supervisor, or nobody: a full, broken or absent line loses the news. Never waits, never raises."""
        if self._socket is None:
            return
        with suppress(OSError, TypeError, ValueError):
            said = json.dumps({"kind": kind, **data}, ensure_ascii=False).encode("utf-8", "replace")
            if len(said) <= LONGEST:
                self._socket.send(said)

    async def beat(self, every: float) -> None:
        """Tell every `every` seconds that the event loop lives, until cancelled."""
        while True:
            self.tell("beat")
            await asyncio.sleep(every)


class Listener:
    """The supervisor's end of one session's line. To be made where the event loop runs.

    `far_end` is the descriptor that the session inherits (`pass_fds`); call `born` once it has, and `close` when the
    session has ended: what it told last is heard before that.
    """

    def __init__(self, tenant: str, heard: Heard) -> None:
        self._tenant, self._heard = tenant, heard
        self._near, self._far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._near.setblocking(False)
        self.far_end = self._far.fileno()
        asyncio.get_running_loop().add_reader(self._near, self._listen)

    def born(self) -> None:
        """The session has its own copy of the far end: without ours, its death ends the line."""
        self._far.close()

    def close(self) -> None:
        """Hear what is still in the line, and let it go. May be called again."""
        self._far.close()
        while self._near.fileno() >= 0 and self._listen():
            pass
        self._end()

    def _listen(self) -> bool:
        """Hear one piece of news; False when there is none."""
        try:
            said = self._near.recv(LONGEST)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError:
            said = b""
        if not said:
            self._end()
            return False
        with suppress(ValueError):
            news = json.loads(said)
            if isinstance(news, dict) and isinstance(kind := news.pop("kind", None), str):
                self._heard(self._tenant, kind, news)
        return True

    def _end(self) -> None:
        if self._near.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(self._near)
            self._near.close()
