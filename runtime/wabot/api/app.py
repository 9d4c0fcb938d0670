"""The API as an ASGI application: every module's endpoints, errors in one form, and the documents."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import cache, partial
from typing import Any, Final

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from wabot.api import (
    access,
    analytics,
    audit,
    auth,
    auto_reply,
    contact_lists,
    contacts,
    conversations,
    csat,
    events,
    holding,
    invitations,
    keys,
    media,
    message_orders,
    messages,
    notes,
    operators,
    orders,
    quick_replies,
    reminders,
    staff,
    webhooks,
    whatsapp,
)
from wabot.api.answers import conditional, refusal
from wabot.api.by_module import ByModule
from wabot.api.docs_page import page, written
from wabot.api.document import document
from wabot.api.door import closing_door
from wabot.api.feed import feeding
from wabot.api.figures import keeping_figures
from wabot.api.hearing import hearing
from wabot.api.house import House
from wabot.api.lane import Lane
from wabot.api.live.serving import live, with_sockets
from wabot.api.presence import keeping_presence
from wabot.api.problems import Problem, unavailable
from wabot.api.rendering import rendering_lives
from wabot.api.webhook_delivery import webhooks_living
from wabot.model.errors import StoreError

ROUTERS: Final[tuple[APIRouter, ...]] = (
    auth.router,
    invitations.router,
    keys.router,
    audit.router,
    access.router,
    whatsapp.router,
    notes.router,
    conversations.router,
    holding.router,
    messages.router,
    message_orders.router,
    media.router,
    auto_reply.router,
    quick_replies.router,
    contact_lists.router,
    contacts.router,
    orders.router,
    operators.router,
    staff.router,
    reminders.router,
    analytics.router,
    csat.router,
    events.router,
    webhooks.router,
)
"""Every module's endpoints."""
LIVING: Final[tuple[Callable[[House], AbstractAsyncContextManager[None]], ...]] = (
    closing_door,
    rendering_lives,
    keeping_presence,
    keeping_figures,
    hearing,
    feeding,
    live,
    webhooks_living,
)
"""What lives as long as the API does: each is entered when it starts, in this order, and left when it ends."""


@asynccontextmanager
async def living(house: House) -> AsyncIterator[None]:
    """Everything beside the endpoints lives within the block; the house is closed at its end."""
    async with AsyncExitStack() as stack:
        stack.push_async_callback(house.close)
        for one in LIVING:
            await stack.enter_async_context(one(house))
        yield


def make_app(house: House, routers: Sequence[APIRouter] = ROUTERS) -> FastAPI:
    """The application that serves `house`, to be asked within `living(house)`: all of it, or these routers."""
    app = empty_app(routers)
    app.state.house = house
    return app


def empty_app(routers: Sequence[APIRouter] = ROUTERS) -> FastAPI:
    """An application that serves no house yet."""
    app = FastAPI(title="wabot", version="1", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_route("/openapi.json", _document)
    app.add_route("/docs", _docs)
    for router in routers:
        app.include_router(router)
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(StoreError, _store)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _left)
    return app


def make_asgi(house: House) -> ASGIApp:
    """The same with Socket.IO beside it: what a server serves."""
    return with_sockets(house, Lane(house, ByModule(partial(make_app, house), ROUTERS)))


async def _document(request: Request) -> Response:
    return conditional(request, openapi())


async def _docs(_request: Request) -> Response:
    return page(_written())


@cache
def openapi() -> dict[str, Any]:
    """The OpenAPI document of every endpoint."""
    return document(ROUTERS)


@cache
def _written() -> str:
    return written(openapi())


async def _problem(_request: Request, error: Any) -> Response:
    return refusal(error)


async def _store(_request: Request, _error: Any) -> Response:
    return await _problem(_request, unavailable())


async def _invalid(_request: Request, error: Any) -> Response:
    """What is wrong with a body or a query, field by field; never what stood there."""
    fields = [f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors()]
    return await _problem(_request, Problem(400, "; ".join(fields), "INVALID", fields=fields))


async def _http(_request: Request, error: Any) -> Response:
    headers = dict(error.headers or {})
    return await _problem(_request, Problem(error.status_code, str(error.detail), headers=headers))


class _Nothing(Response):
    """Is sent as nothing at all."""

    async def __call__(self, *_asgi: Any) -> None: ...


async def _left(_request: Request, _error: Any) -> Response:
    """An error that nobody expected is raised again after this, and answered by the fence around everything."""
    return _Nothing()
