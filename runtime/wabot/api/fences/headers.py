"""Headers that every answer bears."""

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wabot.api.fences.gate import STANDING

_ALWAYS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
)
_UNLESS: Final = {
    # What an endpoint says itself, such as /docs of its style or an answer of its ETag, holds.
    b"cache-control": b"no-store",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
}


class SecureHeaders:
    """No browser guesses a type, keeps an answer, shows it in a frame, runs anything in it, or tells others where it
    was linked from; and whoever asks can see how much more they may."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)

        async def forward(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                headers = list(message.get("headers", ()))
                there = {name.lower() for name, _ in headers}
                headers += _ALWAYS
                headers += [(name, value) for name, value in _UNLESS.items() if name not in there]
                standing = scope.get(STANDING)
                if standing is not None and b"x-ratelimit-limit" not in there:
                    headers += [(name.encode(), value.encode()) for name, value in standing.headers.items()]
                message = {**message, "headers": headers}
            await send(message)

        return await self._app(scope, receive, forward)
