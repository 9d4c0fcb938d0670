"""Requests go straight to the application of their module. FastAPI looks through every router, one route after the
other, which takes longer than most answers."""

from collections.abc import Callable, Sequence

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from wabot.api.document import routes

_API = "/api/"


class ByModule:
    """`make` makes an application of some routers; `routers` are all of them."""

    def __init__(self, make: Callable[[Sequence[APIRouter]], FastAPI], routers: Sequence[APIRouter]) -> None:
        modules: dict[str, list[APIRouter]] = {}
        for router in routers:
            for name in {module_of(route.path) for route in routes([router])}:
                modules.setdefault(name, []).append(router)
        # Several have endpoints beneath another's path: whoever serves the path has them all.
        self._modules: dict[str, ASGIApp] = {name: make(some) for name, some in modules.items()}
        self._rest = make(())  # the documents, and that there is nothing else

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        app = self._modules.get(module_of(path), self._rest) if path.startswith(_API) else self._rest
        await app(scope, receive, send)


def module_of(path: str) -> str:
    """`conversations` of `/api/conversations/{id}/assign`."""
    return path[len(_API) :].partition("/")[0]
