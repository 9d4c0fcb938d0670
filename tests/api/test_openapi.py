"""The OpenAPI document: it knows every endpoint, and every answer is as it says, to what is right and what is wrong."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi.routing import iter_route_contexts
from hypothesis import HealthCheck, Phase, given, settings
from requests import Request
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.result import Ok

from tests.api.worlds import A, Operation, World, operations, world
from wabot.api.app import ROUTERS, empty_app, openapi
from wabot.api.document import permissions, routes
from wabot.api.fences.limits import UPLOADS

_ROOT = Path(__file__).parents[2]
PUBLIC = {
    "POST /api/auth/login",
    "POST /api/auth/refresh",
    "POST /api/auth/logout",
    "POST /api/auth/invite",
    "POST /api/auth/invite/accept",
}
"""Whoever asks these shows who they are in the body."""
_OPERATIONS = operations()
_FEW = settings(phases=[Phase.generate], deadline=None, database=None, suppress_health_check=list(HealthCheck))
_SENT = ("method", "url", "headers", "params", "data", "files", "json")
_AT_MOST = {"maxLength": 40, "maxItems": 3}
_CHECKS = ("status_code_conformance", "content_type_conformance", "response_schema_conformance")


def test_the_document_in_the_repository_is_the_one_that_is_served() -> None:
    """`wabot openapi --output docs/openapi.json` renews it."""
    assert json.loads((_ROOT / "docs" / "openapi.json").read_text("utf-8")) == json.loads(json.dumps(openapi()))


def test_every_shape_has_a_name_of_its_own() -> None:
    """Two classes of one name go by their modules in it, and so would the classes that clients have made of it."""
    assert [name for name in openapi()["components"]["schemas"] if "__" in name] == []


def test_every_endpoint_is_in_the_document() -> None:
    app = empty_app()
    served = {
        f"{method} {route.path}"
        for route in iter_route_contexts(app.routes)
        if route.path not in ("/openapi.json", "/docs")
        for method in route.methods or ()
    }
    assert served == {operation.name for operation in _OPERATIONS}
    assert all(operation.path.startswith("/api/") for operation in _OPERATIONS)


def test_every_endpoint_asks_who_somebody_is_or_is_named_here() -> None:
    open_to_all = {
        f"{method} {route.path}"
        for route in routes(ROUTERS)
        if permissions(route) is None
        for method in route.methods or ()
    }
    assert open_to_all == PUBLIC


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does() -> None:
    told = [operation for methods in openapi()["paths"].values() for operation in methods.values()]
    assert len({operation["operationId"] for operation in told}) == len(told)
    assert all(operation.get("summary") for operation in told)
    assert all(operation["responses"].keys() & {"200", "201", "202", "204", "206"} for operation in told)


def _shorter(schema: Any) -> Any:
    """The same with little that may be long: making texts of thousands of letters is all that the tests would do."""
    if isinstance(schema, dict):
        most = {name: min(schema[name], few) for name, few in _AT_MOST.items() if isinstance(schema.get(name), int)}
        return {name: _shorter(one) for name, one in schema.items()} | most
    return [_shorter(one) for one in schema] if isinstance(schema, list) else schema


def test_every_path_that_takes_files_has_a_limit_of_its_own() -> None:
    taking = {operation.path for operation in _OPERATIONS if operation.kind and "json" not in operation.kind}
    assert taking == set(UPLOADS)


class Place:
    def __init__(self, runner: asyncio.Runner, there: World) -> None:
        self.runner, self.world = runner, there
        load_all_checks()
        self.checks = CHECKS.get_by_names(_CHECKS)
        schema = schemathesis.openapi.from_dict(_shorter(openapi()))
        self.operations: dict[str, Any] = {}
        for found in schema.get_all_operations():
            assert isinstance(found, Ok), found
            self.operations[found.ok().label] = found.ok()

    def ask(self, case: Any, token: str) -> Any:
        given = case.as_transport_kwargs(base_url="http://wabot.test")
        made = Request(**{name: given[name] for name in _SENT if name in given}).prepare()
        headers = {
            name: value for name, value in made.headers.items() if isinstance(value, str) and value.isprintable()
        }
        headers["authorization"] = f"Bearer {token}"
        body: Any = made.body
        asked = self.world.api.client.request(made.method or "", made.url or "", headers=headers, content=body)
        return self.runner.run(asked)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with asyncio.Runner() as runner:
        opened = world(tmp_path_factory.mktemp("documented"))
        yield Place(runner, runner.run(opened.__aenter__()))
        runner.run(opened.__aexit__(None, None, None))


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
@pytest.mark.parametrize("operation", _OPERATIONS, ids=[one.name for one in _OPERATIONS])
def test_every_answer_is_as_the_document_says(place: Place, operation: Operation, mode: GenerationMode) -> None:
    documented = place.operations[operation.name]
    if mode is GenerationMode.NEGATIVE and not operation.parameters and operation.body is None:
        return
    token = place.world.api.front(A, "owner", f"{mode.value}@warung.example").token

    @settings(
        max_examples=4, phases=[Phase.generate], deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(documented.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        answer = place.ask(case, token)
        assert answer.status_code != 500, (case, answer.text)
        case.validate_response(answer, checks=place.checks)

    ask()


def test_what_bears_a_tag_can_be_unchanged_and_the_document_says_so(place: Place) -> None:
    tagged = set()
    for operation in _OPERATIONS:
        if operation.method != "GET" or "{" in operation.path:
            continue
        answer = place.runner.run(place.world.front.ask("GET", operation.path))
        if tag := answer.headers.get("etag"):
            tagged.add(operation.path)
            again = place.runner.run(place.world.front.ask("GET", operation.path, headers={"if-none-match": tag}))
            assert again.status_code in (304, 200), operation.name
            assert "304" in openapi()["paths"][operation.path]["get"]["responses"], operation.name
    assert {"/api/conversations", "/api/cs-operators", "/api/media", "/api/reminders"} <= tagged


async def test_whoever_bears_nothing_learns_nothing(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        for operation in _OPERATIONS:
            if operation.name in PUBLIC:
                continue
            url = operation.path
            for parameter in operation.parameters:
                url = url.replace(f"{{{parameter['name']}}}", there.own[0])
            answer = await there.api.client.request(operation.method, url, json=None if operation.body is None else {})
            assert answer.status_code in (400, 401), (operation.name, answer.text)
