"""The API as an ASGI application: every module's endpoints, errors in one form, and the documents."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Final

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from wabot.api import analytics, operators, reminders, staff
from wabot.api.answers import answer
from wabot.api.door import closing_door
from wabot.api.figures import keeping_figures
from wabot.api.house import House
from wabot.api.presence import keeping_presence
from wabot.api.problems import Problem
from wabot.model.errors import StoreError

ROUTERS: Final[tuple[APIRouter, ...]] = (operators.router, staff.router, reminders.router, analytics.router)
"""Every module's endpoints."""
LIVING: Final[tuple[Callable[[House], AbstractAsyncContextManager[None]], ...]] = (
    closing_door,
    keeping_presence,
    keeping_figures,
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


def make_app(house: House) -> FastAPI:
    """The application that serves `house`, to be asked within `living(house)`."""
    app = FastAPI(title="wabot", version="1", docs_url="/docs", redoc_url=None, openapi_url="/openapi.json")
    app.state.house = house
    for router in ROUTERS:
        app.include_router(router)
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(StoreError, _store)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    return app


async def _problem(_request: Request, error: Any) -> Response:
    return answer(error.body(), error.status, **error.headers)


async def _store(_request: Request, error: Any) -> Response:
    return await _problem(_request, Problem(503, str(error), "STORE_UNAVAILABLE", headers={"retry-after": "5"}))


async def _invalid(_request: Request, error: Any) -> Response:
    """What is wrong with a body or a query, field by field; never what stood there."""
    fields = [f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors()]
    return await _problem(_request, Problem(400, "; ".join(fields), "INVALID", fields=fields))


async def _http(_request: Request, error: Any) -> Response:
    headers = dict(error.headers or {})
    return await _problem(_request, Problem(error.status_code, str(error.detail), headers=headers))
