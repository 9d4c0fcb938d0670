"""How answers look on the wire: JSON in camelCase, times in ISO 8601 and UTC, conditional requests."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple, overload

import orjson
from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from wabot.api.problems import Problem


class Shape(BaseModel):
    """A body as clients write or read it: camelCase on the wire; a field that nobody knows is an error."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", hide_input_in_errors=True
    )


class Done(Shape):
    success: bool


_SECONDS: Final = tuple(f"{minute:02d}:{second:02d}." for minute in range(60) for second in range(60))
_MILLIS: Final = tuple(f"{millis:03d}Z" for millis in range(1000))


@overload
def iso(at: int) -> str: ...
@overload
def iso(at: None) -> None: ...
def iso(at: int | None) -> str | None:
    """UTC milliseconds as `2026-01-28T09:00:00.000Z`."""
    if at is None:
        return None
    # Put together from what is known: strftime takes forty times as long, and an answer has a hundred of them.
    seconds, fraction = divmod(at, 1000)
    hour, second = divmod(seconds, 3600)
    return _hour(hour) + _SECONDS[second] + _MILLIS[fraction]


def millis(at: datetime) -> int:
    """UTC milliseconds of a time with a zone."""
    return round(at.timestamp() * 1000)


@lru_cache(4096)
def _hour(hour: int) -> str:
    """`2026-01-28T09:`, by the hours since 1970."""
    return datetime.fromtimestamp(hour * 3600, UTC).isoformat()[:14]


def answer(data: Any, status: int = 200, **headers: str) -> Response:
    """`data` as JSON. Built by hand rather than by a model: a list of fifty conversations costs a tenth so."""
    return Response(orjson.dumps(data), status, headers, media_type="application/json")


def private(data: Any, status: int = 200) -> Response:
    """As `answer`, of what lets somebody in: nobody on the way keeps it."""
    return answer(data, status, **{"cache-control": "no-store"})


def refusal(problem: Problem) -> Response:
    """What is wrong, as an answer."""
    return answer(problem.body(), problem.status, **problem.headers)


def page_meta(total: int, page: int, limit: int, *, exact: bool) -> dict[str, Any]:
    """What is said of a page of a list; not `exact`: there are so many in all, or more."""
    meta = {"total": total, "page": page, "limit": limit, "totalPages": -(-total // limit)}
    return meta if exact else meta | {"totalIsAtLeast": True}


def conditional(request: Request, data: Any, beside: Mapping[str, Any] | None = None) -> Response:
    """As `answer`, with an ETag; 304 when the client has just that. What stands `beside` goes into the body, too, and
    whoever has the same `data` with another of it has enough: the ETag is a weak one."""
    made = tagged(data)
    if beside is not None:
        made = Tagged(orjson.dumps({**beside, **data}), f"W/{made.tag}")
    return unless_known(request, made)


class Tagged(NamedTuple):
    """A body, and the ETag that goes with it."""

    body: bytes
    tag: str


def tagged(data: Any) -> Tagged:
    """`data` as JSON."""
    body = orjson.dumps(data)
    return Tagged(body, f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"')


def has(request: Request, tag: str) -> bool:
    """Whether the client has just what this ETag is of."""
    asked = request.headers.get("if-none-match", "")
    return tag.removeprefix("W/") in (part.strip().removeprefix("W/") for part in asked.split(","))


def unless_known(request: Request, made: Tagged) -> Response:
    """The body, or 304 when the client has just that."""
    headers = {"etag": made.tag, "cache-control": "private, no-cache"}
    if has(request, made.tag):
        return Response(status_code=304, headers=headers)
    return Response(made.body, headers=headers, media_type="application/json")
