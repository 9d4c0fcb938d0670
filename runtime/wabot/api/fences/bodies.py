"""How large a request's body may be, how deep its JSON, and how slowly it may come."""

import asyncio
import re
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wabot.api.answers import answer
from wabot.api.fences.limits import Fences
from wabot.api.problems import Problem

_WITHOUT: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_DEEPEST: Final = 32
"""Lists and objects within each other: no body of ours has more than six."""
_STRINGS: Final = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)


class Bodies:
    """Answers 413 to a body that is too large, 408 to one that comes too slowly, and 400 to JSON that is nested so deep
    that reading it is work."""

    def __init__(self, app: ASGIApp, fences: Fences) -> None:
        self._app, self._fences = app, fences

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if scope["method"] in _WITHOUT and "content-length" not in headers and "transfer-encoding" not in headers:
            await self._app(scope, receive, send)
            return
        body = _Body(receive, self._fences, self._fences.uploads.get(scope["path"], self._fences.body))
        sent = False

        async def forward(message: Message) -> None:
            nonlocal sent
            if body.problem is None or sent:  # an application that was refused its body has nothing to say of it
                sent = True
                await send(message)

        try:
            body.announced(headers.get("content-length", ""))
            multipart = headers.get("content-type", "").startswith("multipart/")
            await self._app(scope, body.part if multipart else await body.whole(), forward)
        except Exception:
            if body.problem is None or sent:
                raise
        if body.problem is not None and not sent:
            # Whoever waits to be told to go on does not send the body, and cannot use the connection any more.
            closing = {"connection": "close"} if "expect" in headers else {}
            refusal = answer(body.problem.body(), body.problem.status, **closing)
            await refusal(scope, body.nothing, send)


class _Body:
    """One request's body on its way."""

    def __init__(self, receive: Receive, fences: Fences, most: int) -> None:
        self._receive, self._fences, self._most = receive, fences, most
        self.problem: Problem | None = None
        self._size = 0
        self._began = asyncio.get_running_loop().time()

    def announced(self, length: str) -> None:
        if length.isascii() and length.isdecimal() and int(length[:19]) > self._most:
            raise self._refused(413, f"A request may have {self._most:,} bytes here.", "TOO_LARGE")

    async def part(self) -> Message:
        """The next part, as the application receives it."""
        try:
            async with asyncio.timeout(self._fences.patience):
                message = await self._receive()
        except TimeoutError:
            raise self._refused(408, "The body did not come.") from None
        if message["type"] == "http.request":
            self._size += len(message.get("body", b""))
            if self._size > self._most:
                raise self._refused(413, f"A request may have {self._most:,} bytes here.", "TOO_LARGE")
            gone = asyncio.get_running_loop().time() - self._began - self._fences.patience
            if message.get("more_body") and gone * self._fences.slowest > self._size:
                raise self._refused(408, "The body came too slowly.")
        return message

    async def whole(self) -> Receive:
        """Read JSON to its end; it is received as one part then."""
        parts: list[bytes] = []
        while True:
            message = await self.part()
            if message["type"] != "http.request":
                return self.nothing
            parts.append(message.get("body", b""))
            if not message.get("more_body"):
                break
        body = b"".join(parts)
        if _depth(body) > _DEEPEST:
            raise self._refused(400, f"JSON may be nested {_DEEPEST} deep.", "INVALID")
        first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Message:
            return first.pop() if first else await self._receive()

        return receive

    @staticmethod
    async def nothing() -> Message:
        return {"type": "http.disconnect"}

    def _refused(self, status: int, message: str, code: str = "") -> Problem:
        self.problem = Problem(status, message, code)
        return self.problem


def _depth(body: bytes) -> int:
    """How deep JSON is nested, brackets within strings aside; counted no further than is allowed."""
    if body.count(b"[") + body.count(b"{") <= _DEEPEST:
        return 0
    deep = deepest = 0
    for sign in re.finditer(rb"[\[\]{}]", _STRINGS.sub(b"", body)):
        deep += 1 if sign[0] in b"[{" else -1
        deepest = max(deepest, deep)
        if deepest > _DEEPEST:
            break
    return deepest
