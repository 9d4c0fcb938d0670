"""The API on a socket: uvicorn, and who is shown the door there. uvicorn waits for ever for a request that never comes
whole, and keeps whatever length of head it is sent."""

import asyncio
import logging
import resource
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

PATIENCE: Final = 10.0
"""Seconds for the head of a request, from the moment that the connection waits for one; and for a client that reads
nothing of what it is sent."""
HEAD: Final = 32_768
"""Bytes of a request's head."""
CONNECTIONS: Final = 2_000
"""At once, each a descriptor; beyond, requests are answered with 503."""
_ENOUGH: Final = 16_384
"""Descriptors: each tenant's store has six."""
_OTHERS: Final = 400
"""Descriptors that are left for stores."""
_MESSAGE: Final = 1_000_000
"""Bytes of one WebSocket message."""
_REFUSED: Final = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class GuardedHttp(HttpToolsProtocol):
    """A connection that sends requests. `waiting` is since when (in the loop's time) it owes the head of one, 0 while
    it owes none."""

    def __init__(self, *words: Any, **named: Any) -> None:
        super().__init__(*words, **named)
        self.waiting = self.loop.time()  # made when somebody connects
        self.unread = (0, 0.0)
        self._head = 0
        self._in_message = False

    def data_received(self, data: bytes) -> None:
        if not self._in_message:
            self._head += len(data)
        super().data_received(data)
        if self._head > HEAD and not self._in_message and not self.transport.is_closing():
            self.transport.write(_REFUSED)
            self.transport.close()

    def on_header(self, name: bytes, value: bytes) -> None:
        # What comes after the body would land among the headers that the application sees.
        if not self._in_message:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self.waiting, self._head, self._in_message = 0.0, 0, True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._in_message = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.cycle.response_complete:  # and no other request waits for its turn
            self.waiting = self.loop.time()


class GuardedServer(uvicorn.Server):
    """Closes connections that owe a head for too long, or that do not read what they are sent."""

    def __init__(self, config: Config, patience: float) -> None:
        super().__init__(config)
        self._patience = patience
        self.serves: Callable[[], None] = lambda: None
        """Is called once requests are taken."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.serves()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the process's: it has other ways to end, too."""
        yield

    async def on_tick(self, counter: int) -> bool:
        if counter % 10 == 0:
            self._sweep(asyncio.get_running_loop().time())
        return await super().on_tick(counter)

    def _sweep(self, now: float) -> None:
        for connection in tuple(self.server_state.connections):
            if isinstance(connection, GuardedHttp) and self._dawdles(connection, now):
                connection.transport.abort()

    def _dawdles(self, connection: GuardedHttp, now: float) -> bool:
        """Whether it owes a head, or takes nothing of what waits to be sent, for too long."""
        if connection.waiting and now - connection.waiting > self._patience:
            return True
        size = connection.transport.get_write_buffer_size()
        before, since = connection.unread
        if not size or size != before:
            connection.unread = (size, now)
            return False
        return now - since > self._patience


def server(app: ASGIApp, *, patience: float = PATIENCE, **settings: Any) -> GuardedServer:
    """A server of `app`, which stands behind its fences. `settings` are uvicorn's; to be run in a loop of the
    caller's."""
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)  # its lines hold addresses and tracebacks
    most = _descriptors() - _OTHERS
    return GuardedServer(
        Config(
            app,
            loop="none",
            http=GuardedHttp,
            ws=WebSocketsSansIOProtocol,
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            ws_max_size=_MESSAGE,
            ws_per_message_deflate=False,
            limit_concurrency=min(CONNECTIONS, most),
            **settings,
        ),
        patience,
    )


def _descriptors() -> int:
    """As many as this process may have open, once it asked for all that it may have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _ENOUGH if hard == resource.RLIM_INFINITY else min(hard, _ENOUGH)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]
