"""The OpenAPI document: what the endpoints declare, and what holds for all of them: who may ask, and every error that
can come from the fences."""

from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any, Final

from fastapi import APIRouter
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from wabot.api.guard import Needs
from wabot.api.problems import PROBLEM
from wabot.model.permissions import Permission

_ALWAYS: Final = {
    "429": "Too many requests; `Retry-After` says when there is room again.",
    "500": "A fault of wabot's; the log has it under the `id` of the answer.",
    "503": "The store cannot be used now, or there is too much to do.",
}
_WITH_INPUT: Final = {"400": "Something in the request is wrong; `message` says what."}
_WITH_BODY: Final = {
    "408": "The body came too slowly.",
    "413": "The body is too large.",
}
_WITH_PERMISSION: Final = {
    "401": "Nobody who is known: no token or key, or one that is over.",
    "403": "Whoever asks may not do this.",
}
_UNCHANGED: Final = {"304": "As the client has it (`If-None-Match`)."}
_SECURITY: Final[Sequence[Mapping[str, Sequence[str]]]] = [{"token": []}, {"key": []}]


def document(routers: Sequence[APIRouter]) -> dict[str, Any]:
    """The document of these endpoints, as `/openapi.json` and `wabot openapi` have it."""
    made = get_openapi(
        title="wabot",
        version=version("wabot"),
        description="REST of wabot, for the people who answer beside the bot and for programs. See docs/api.",
        routes=[route for router in routers for route in router.routes],
    )
    known = {(method, route.path_format): route for route in routes(routers) for method in route.methods or ()}
    for path, operations in made.get("paths", {}).items():
        for method, operation in operations.items():
            _complete(operation, known[method.upper(), path])
    components = made.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):  # ours are 400, in the form of every other problem
        schemas.pop(unused, None)
    schemas["Problem"] = PROBLEM
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    }
    return made


def routes(routers: Sequence[APIRouter]) -> Iterator[APIRoute]:
    """Every endpoint."""
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute):
                yield route


def permissions(route: APIRoute) -> tuple[Permission, ...] | None:
    """What whoever asks needs, () for nothing but being known; None where nobody is asked who they are."""
    for dependency in route.dependant.dependencies:
        if isinstance(dependency.call, Needs):
            return dependency.call.permissions
    return None


def _complete(operation: dict[str, Any], route: APIRoute) -> None:
    operation["operationId"] = f"{route.endpoint.__module__.rpartition('.')[2]}_{route.name}"
    needed = permissions(route)
    responses: dict[str, Any] = operation["responses"]
    if responses.get("422", {}).get("description") == "Validation Error":  # FastAPI's own: ours are 400
        del responses["422"]
    known: dict[str, str] = dict(_ALWAYS)
    if operation.get("parameters") or "requestBody" in operation:
        known |= _WITH_INPUT
    if "requestBody" in operation:
        known |= _WITH_BODY
    if "conditional" in route.endpoint.__code__.co_names:  # what it calls: `answers.conditional`
        known |= _UNCHANGED
    if needed is not None:
        known |= _WITH_PERMISSION
        operation["security"] = _SECURITY
        operation["x-permissions"] = list(needed)
    for status, meaning in known.items():
        responses.setdefault(status, {"description": meaning})
    for status, response in responses.items():
        if status >= "400":
            response.setdefault("content", _content())
            if response["content"].get("application/json", {}) == {}:
                response["content"] = _content()
    operation["responses"] = dict(sorted(responses.items()))


def _content() -> Mapping[str, Any]:
    return {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
