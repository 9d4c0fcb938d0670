"""How much one address may ask, and how much is worked on at once."""

import contextlib
from collections import Counter
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from wabot.api.answers import refusal
from wabot.api.fences.addresses import address_of
from wabot.api.fences.limits import Fences
from wabot.api.fences.pace import Pace
from wabot.api.problems import Problem
from wabot.ports import Clock

SOCKET: Final = "/socket.io"
_POLLS: Final = 10
"""Times as many requests may carry a Socket.IO connection that is open already: a client without WebSockets asks for
each event."""
STANDING: Final = "wabot.standing"
"""Where a request's scope holds how its sender stands."""


class Gate:
    """Answers 429 to an address that asks too often, and 503 when too much is being worked on; refuses WebSockets that
    a page of a foreign origin opens, and more of them than one address needs."""

    def __init__(self, app: ASGIApp, fences: Fences, clock: Clock) -> None:
        self._app, self._fences = app, fences
        self._pace = Pace(fences.per_minute, clock.steady)
        self._polls = Pace(fences.per_minute * _POLLS, clock.steady)
        self._working = 0
        self._sockets: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind == "lifespan":
            return await self._app(scope, receive, send)
        address = address_of(scope)
        carried = scope["path"].startswith(SOCKET) and b"sid=" in scope["query_string"]
        standing = (self._polls if carried else self._pace).step(address)
        if standing.wait:
            problem = Problem(
                429, f"Too many requests; try again in {standing.wait} s.", "RATE_LIMITED", headers=standing.headers
            )
            return await self._refuse(problem, scope, receive, send)
        if kind == "websocket":
            return await self._socket(address, scope, receive, send)
        scope[STANDING] = standing
        if scope["path"].startswith(SOCKET):  # a poll that waits for events is no work
            return await self._app(scope, receive, send)
        if self._working >= self._fences.at_once:
            problem = Problem(503, "Too much to do; try again soon.", "OVERLOADED", headers={"retry-after": "1"})
            return await self._refuse(problem, scope, receive, send)
        self._working += 1
        try:
            return await self._app(scope, receive, send)
        finally:
            self._working -= 1

    async def _socket(self, address: str, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        # A browser tells the page's origin, and lets any page open a WebSocket anywhere: nobody else looks.
        if origin is not None and origin not in self._fences.origins and urlsplit(origin).netloc != headers.get("host"):
            problem = Problem(403, "Pages of this origin may not connect.", "ORIGIN")
            return await self._refuse(problem, scope, receive, send)
        with self._counted(address) as count:
            if count > self._fences.sockets:
                problem = Problem(429, "Too many connections.", "RATE_LIMITED", headers={"retry-after": "60"})
                return await self._refuse(problem, scope, receive, send)
            return await self._app(scope, receive, send)

    @contextlib.contextmanager
    def _counted(self, address: str) -> Iterator[int]:
        self._sockets[address] += 1
        try:
            yield self._sockets[address]
        finally:
            self._sockets[address] -= 1
            if not self._sockets[address]:
                del self._sockets[address]

    @staticmethod
    async def _refuse(problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
        await refusal(problem)(scope, receive, send)
