"""The fences, one around the other."""

from typing import Any, Final

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from wabot.api.fences.bodies import Bodies
from wabot.api.fences.failing import Failing, Note
from wabot.api.fences.gate import Gate
from wabot.api.fences.headers import SecureHeaders
from wabot.api.fences.limits import Fences
from wabot.ports import Clock

_ASKED: Final = ("authorization", "content-type", "idempotency-key", "if-none-match", "x-api-key")
_TOLD: Final = ("etag", "retry-after", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset")


def fenced(app: ASGIApp, fences: Fences, clock: Clock, note: Note) -> ASGIApp:
    """`app`, endpoints and socket, behind everything that holds for all of them. `note` is told of failures."""
    within: ASGIApp = Failing(Gate(Bodies(app, fences), fences, clock), note)
    if fences.origins:
        # Outside of what refuses: a page of ours must be able to read that it was refused, and why. Nobody is logged in
        # by a cookie, so no credentials of the browser's are allowed for.
        within = CORSMiddleware(
            within,
            allow_origins=fences.origins,
            allow_methods=("GET", "POST", "PUT", "PATCH", "DELETE"),
            allow_headers=_ASKED,
            expose_headers=_TOLD,
        )
    within = SecureHeaders(within)
    if fences.proxies:
        trusted: Any = ProxyHeadersMiddleware  # uvicorn has ASGI's types of its own
        within = trusted(within, list(fences.proxies))
    return within
