"""No byte of one tenant for another: every endpoint is asked by A with B's keys in every place, whatever endpoints
there are. A new one is tried the day that it is in the document."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.filling import rows, tables
from tests.api.sockets import Client, Served, served, until
from tests.api.worlds import MARK, B, Operation, World, operations, requests, soon, world
from wabot.api.live.serving import gateway_of

_OPERATIONS = operations()
_FIELDS = (("conversationId",), ("tenantId",), ("conversationId", "tenantId", "messageId", "cursor"))
"""What clients' events are sent with."""


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
    assert MARK in place.world.b_has()
    found = {table for table, _ in rows(place.world.files[0])}
    connection = sqlite3.connect(place.world.files[0])
    assert set(tables(connection)) <= found
    connection.close()
    assert len(place.world.sendable) > 20
    assert len(place.world.never_sent) > 10


def test_bs_own_people_see_it(place: Place) -> None:
    """Else the answers that A gets would prove nothing: here is what each would look like with a byte of B in it."""
    seen = set()
    for operation in _OPERATIONS:
        if operation.method == "GET" and "{" not in operation.path:
            answer = place.runner.run(place.world.neighbour.ask("GET", operation.path))
            if MARK in answer.text.lower():
                seen.add(operation.path)
    assert {"/api/conversations", "/api/contacts", "/api/quick-replies", "/api/audit", "/api/keys"} <= seen


@pytest.mark.parametrize("operation", _OPERATIONS, ids=[one.name for one in _OPERATIONS])
def test_a_learns_nothing_of_b_and_changes_nothing_there(place: Place, operation: Operation) -> None:
    there = place.world
    before = there.b_has()
    words = st.one_of(st.sampled_from(there.sendable), st.sampled_from([*there.own, "halo"]))

    @settings(max_examples=8, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(requests(operation, words))
    def ask(asked: Any) -> None:
        answer = soon(place.runner, there, asked)
        said = f"{answer.headers} {answer.content.decode('utf-8', 'replace')}"
        assert answer.status_code != 500, (asked, answer.status_code, said)
        assert MARK not in said.lower(), (asked, said)
        seen = [key for key in there.never_sent if key in said]
        assert not seen, (asked, seen, said)

    ask()
    assert there.b_has() == before


async def test_no_socket_of_a_hears_or_does_anything_of_b(tmp_path: Path) -> None:
    """Every event that a client may send, with B's keys; and everything that happens at B meanwhile."""
    async with world(tmp_path, served) as there, _two_clients(there) as (ours, theirs):
        before = there.b_has()
        gateway = gateway_of(there.api.house)
        events = gateway._events
        assert {len(names) > 0 for names in events.values()} == {True}
        keys = [B, *there.sendable[::4], there.conversation]
        for namespace, names in events.items():
            for name in names:
                for key in keys:
                    for seat in gateway.seats:  # which may say only so much in ten seconds
                        seat.words.clear()
                    for fields in _FIELDS:
                        word = {**dict.fromkeys(fields, key), "messageIds": [key]}
                        answer = str(await ours.say(name, word, namespace=namespace))
                        assert MARK not in answer and "TOO_MANY" not in answer
                        assert not [one for one in there.never_sent if one in answer]
        assert there.b_has() == before
        assert theirs.events == []
        await there.neighbour.post(
            "/api/messages/send",
            {"conversationId": there.conversation, "messageType": "text", "content": f"halo {MARK}"},
        )
        await there.neighbour.patch(f"/api/conversations/{there.conversation}", {"tags": [MARK]})
        await theirs.say("typing-start", {"conversationId": there.conversation})
        assert MARK in str(await theirs.hears("new-message"))
        await until(lambda: MARK in str(theirs.all("conversation-updated")))
        await there.shop.say("halo lagi")
        await ours.hears("new-message")
        told = str(ours.events)
        assert MARK not in told.lower()
        assert not [one for one in there.never_sent if one in told]
        assert "halo lagi" not in str(theirs.events)


@asynccontextmanager
async def _two_clients(there: World) -> AsyncIterator[tuple[Client, Client]]:
    """One of A's and one of B's, in both namespaces, who were welcomed."""
    assert isinstance(there.api, Served)
    both = ("/messages", "/whatsapp")
    async with there.api.connected(there.front, *both) as ours, there.api.connected(there.neighbour, *both) as theirs:
        for one in (ours, theirs):
            await one.hears("ready")
            await asyncio.sleep(0.2)
            one.events.clear()
        yield ours, theirs
