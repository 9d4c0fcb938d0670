"""No byte of one tenant for another: every endpoint is asked by A with B's keys in every place, whatever endpoints
there are. A new one is tried the day that it is in the document."""

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.worlds import MARK, Operation, World, operations, requests, soon, world

_OPERATIONS = operations()


class Place:
    """A world, and the loop that it lives in: hypothesis asks from outside of it."""

    def __init__(self, runner: asyncio.Runner, world: World) -> None:
        self.runner, self.world = runner, world
        self.sent: set[str] = set()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with asyncio.Runner() as runner:
        opened = world(tmp_path_factory.mktemp("world"))
        entered = runner.run(opened.__aenter__())
        yield Place(runner, entered)
        runner.run(opened.__aexit__(None, None, None))


def test_every_table_of_b_holds_something_that_could_be_seen(place: Place) -> None:
    """Else a leak of it would not be noticed."""
    from tests.api.filling import rows, tables

    assert MARK in place.world.b_has()
    found = {table for table, _ in rows(place.world.files[0])}
    import sqlite3

    connection = sqlite3.connect(place.world.files[0])
    assert set(tables(connection)) <= found
    connection.close()
    assert len(place.world.sendable) > 20
    assert len(place.world.never_sent) > 10


@pytest.mark.parametrize("operation", _OPERATIONS, ids=[one.name for one in _OPERATIONS])
def test_a_learns_nothing_of_b_and_changes_nothing_there(place: Place, operation: Operation) -> None:
    there = place.world
    before = there.b_has()
    words = st.one_of(st.sampled_from(there.sendable), st.sampled_from([*there.own, "halo"]))

    @settings(max_examples=12, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(requests(operation, words))
    def ask(asked: object) -> None:
        answer = soon(place.runner, there, asked)  # type: ignore[arg-type]
        said = f"{answer.headers} {answer.content.decode('utf-8', 'replace')}"
        assert answer.status_code != 500, (asked, answer.status_code, said)
        assert MARK not in said.lower(), (asked, said)
        seen = [key for key in there.never_sent if key in said]
        assert not seen, (asked, seen, said)

    ask()
    assert there.b_has() == before
