"""How many connections one address may have: the rest are refused before anything is kept of them."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Final
from urllib.parse import parse_qs

import orjson

from wabot.api.problems import Problem

PER_ADDRESS: Final = 200
"""Connections of one address: a shop's whole team behind one router, each with some tabs."""
ALL: Final = 5_000
_AFTER: Final = "10"
"""Seconds after which a client may try again."""

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Doorman:
    """Stands before `inner`, whose path begins with `path`. `open` tells the address of each connection there is."""

    def __init__(self, inner: App, path: str, open: Callable[[], Mapping[str, str]]) -> None:
        self._inner, self._path, self._open = inner, path, open

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and scope["path"].startswith(self._path) and self._begins(scope):
            there = list(self._open().values())
            if len(there) >= ALL or there.count(address_of(scope)) >= PER_ADDRESS:
                await _refuse(scope, receive, send)
                return
        await self._inner(scope, receive, send)

    @staticmethod
    def _begins(scope: Scope) -> bool:
        """Whether it is a new connection, and not a request of one that is there."""
        return scope.get("method") != "OPTIONS" and b"sid" not in parse_qs(scope.get("query_string", b""))


def address_of(scope: Mapping[str, Any]) -> str:
    """Whose connection it is; "" where that is not known."""
    client = scope.get("client")
    return "" if not client else str(client[0])


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    problem = Problem(429, "Too many connections from this address.", "TOO_MANY_CONNECTIONS")
    prefix = ""
    if scope["type"] == "websocket":
        await receive()
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": 1013})
            return
        prefix = "websocket."
    headers = [(b"content-type", b"application/json"), (b"retry-after", _AFTER.encode())]
    await send({"type": f"{prefix}http.response.start", "status": 429, "headers": headers})
    await send({"type": f"{prefix}http.response.body", "body": orjson.dumps(problem.body())})
