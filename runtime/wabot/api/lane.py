"""A lane of its own for what is asked most: the list of conversations, one of them, and a message that is sent.

FastAPI's own work at a request (looking for the route, solving what it depends on) takes longer than these answers. The
lane takes only what is asked as it mostly is, and before anything was done of it: whatever is unusual, or wrong, goes
the whole way and is answered there. Both ways have the same shapes of requests, the same guard, and the same functions
that make the answer.
"""

import re
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

import orjson
from fastapi import Request, Response
from pydantic import ValidationError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wabot.api import conversations, messages
from wabot.api.answers import Tagged, answer, conditional, refusal, tagged, unless_known
from wabot.api.conversations import Filters
from wabot.api.guard import Needs, Who
from wabot.api.house import House
from wabot.api.kept_answers import KeptAnswers
from wabot.api.messages import Sending
from wabot.api.people import ME
from wabot.api.problems import Problem, unavailable
from wabot.model.errors import StoreError

LIST: Final = "/api/conversations"
SEND: Final = "/api/messages/send"
_ONE: Final = f"{LIST}/"
_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_LONGEST: Final = 300
"""Bytes of a query, and of a header."""
_VIEW: Final = Needs(("view_conversations",))
_WRITE: Final = Needs(("send_messages",))
_LISTS: Final = frozenset({"tags", "tags[]"})
_NAMES: Final = frozenset(field.alias or name for name, field in Filters.model_fields.items())

Answering = Callable[[House, Who, Request], Awaitable[Response]]


class _Route(NamedTuple):
    """As the whole way notes it in a request's scope: what a failure is told by."""

    path: str


class Lane:
    """`app` is the whole way."""

    def __init__(self, house: House, app: ASGIApp) -> None:
        self._house, self._app = house, app
        self._kept = KeptAnswers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        path, method = scope["path"], scope["method"]
        if method == "GET":
            if path == LIST:
                filters = filters_of(scope["query_string"])
                if filters is not None:
                    return await self._listed(filters, scope, receive, send)
            elif path.startswith(_ONE) and _ID.fullmatch(path, len(_ONE)):
                return await self._one(path[len(_ONE) :], scope, receive, send)
        elif method == "POST" and path == SEND and _is_plain(scope):
            return await self._sent(scope, receive, send)
        return await self._app(scope, receive, send)

    async def _listed(self, filters: Filters, scope: Scope, receive: Receive, send: Send) -> None:
        async def made(house: House, who: Who, request: Request) -> Response:
            def page() -> Tagged:
                return tagged(conversations.inbox_page(house, who, filters))

            if filters.snoozed is not None:  # who sleeps is a matter of the time, too
                return unless_known(request, page())
            asked = (scope["query_string"], who.email if filters.assigned_to == ME else None)
            return unless_known(request, self._kept.answer(who.tenant, house.desk(who.tenant), asked, page))

        await self._answered(_VIEW, LIST, made, scope, receive, send)

    async def _one(self, id: str, scope: Scope, receive: Receive, send: Send) -> None:
        async def made(house: House, who: Who, request: Request) -> Response:
            return conditional(request, conversations.whole(house, who, id))

        await self._answered(_VIEW, f"{_ONE}{{id}}", made, scope, receive, send)

    async def _sent(self, scope: Scope, receive: Receive, send: Send) -> None:
        first = await receive()
        body = None
        if first["type"] == "http.request" and not first.get("more_body"):
            body = sending_of(first.get("body", b""))
        if body is None:
            return await self._app(scope, _again(first, receive), send)

        async def made(house: House, who: Who, request: Request) -> Response:
            key = request.headers.get("idempotency-key")
            return answer(await messages.queued(house, who, body, key))

        return await self._answered(_WRITE, SEND, made, scope, receive, send)

    async def _answered(
        self, needs: Needs, route: str, made: Answering, scope: Scope, receive: Receive, send: Send
    ) -> None:
        scope["route"] = _Route(route)
        request = Request(scope, receive)
        try:
            who = await needs.let_in(self._house, request)
            response = await made(self._house, who, request)
        except Problem as problem:
            response = refusal(problem)
        except StoreError:
            response = refusal(unavailable())
        await response(scope, receive, send)


def filters_of(query: bytes) -> Filters | None:
    """What a list is asked for; None where the whole way has to look."""
    return _filters_of(query) if len(query) <= _LONGEST else None


@lru_cache(maxsize=512)
def _filters_of(query: bytes) -> Filters | None:
    said: dict[str, Any] = {}
    try:
        for name, value in parse_qsl(query.decode("ascii"), keep_blank_values=True):
            if name not in _NAMES:
                return None
            if name in _LISTS:
                said.setdefault(name, []).append(value)
            elif name in said:  # said twice
                return None
            else:
                said[name] = value
        return Filters.model_validate(said)
    except ValueError:  # of pydantic's, or of letters
        return None


def sending_of(body: bytes) -> Sending | None:
    """The message that is to be sent; None where the whole way has to look."""
    try:
        return Sending.model_validate(orjson.loads(body))
    except (ValidationError, orjson.JSONDecodeError):
        return None


def _is_plain(scope: Scope) -> bool:
    """Whether it is said of the body that it is JSON, and at most one short key comes with it."""
    json = False
    keys = 0
    for name, value in scope["headers"]:
        if name == b"content-type":
            if value != b"application/json":
                return False
            json = True
        elif name == b"idempotency-key":
            keys += 1
            if keys > 1 or len(value) > 200:
                return False
    return json


def _again(first: Message, receive: Receive) -> Receive:
    """What was received, once more."""
    waiting = [first]

    async def receiving() -> Message:
        return waiting.pop() if waiting else await receive()

    return receiving
