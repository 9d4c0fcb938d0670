"""A tenant counts as connected, and may send, once it has read what came meanwhile: after each login anew.

The client is a stand-in that has long logged in again when its events are looked at, as after a cut under traffic.
"""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from neonize.proto import Neonize_pb2 as wire

from tests.channel.test_neonize_channel import NoClock
from tests.channel.test_neonize_leaving import Journal, Receiving, message
from tests.channel.test_neonize_translate import OWN
from wabot.channel.neonize import catching_up
from wabot.channel.neonize.channel import NeonizeChannel
from wabot.channel.neonize.library import Event
from wabot.model.message import Message
from wabot.model.session import SessionState

LOGIN, ALL_SAID, CUT = Event("Connected"), Event("OfflineSyncCompleted", wire.OfflineSyncCompleted()), "Disconnected"
CASES = {
    "a login": ([LOGIN, ALL_SAID], ["connecting", "connected"]),
    "in the other order": ([ALL_SAID, LOGIN], ["connecting", "connected"]),
    "a login alone": ([LOGIN, message("jam buka?")], ["connecting"]),
    "a cut that is already mended": (
        [LOGIN, ALL_SAID, Event(CUT), message("jam buka?"), LOGIN, ALL_SAID],
        ["connecting", "connected", "connecting", "connected"],
    ),
    "a cut while it is reading": ([LOGIN, Event(CUT), LOGIN, ALL_SAID], ["connecting", "connected"]),
    "the library goes on meanwhile": ([LOGIN, Event("Unstuck")], ["connecting"]),
    "the link comes back meanwhile": ([LOGIN, Event("KeepAliveRestored")], ["connecting"]),
    "held up meanwhile, and through": (
        [LOGIN, Event("Stuck"), Event("Unstuck"), ALL_SAID],
        ["connecting", "degraded", "connecting", "connected"],
    ),
    "held up later": (
        [LOGIN, ALL_SAID, Event("Stuck"), Event("Unstuck")],
        ["connecting", "connected", "degraded", "connected"],
    ),
}


@pytest.fixture
def channel(tmp_path: Path) -> NeonizeChannel:
    return NeonizeChannel(tmp_path / "keys.db", OWN, NoClock(), lambda _code: False)


async def followed(channel: NeonizeChannel, *events: Event) -> list[str]:
    """The states that were told meanwhile."""
    client: Any = Receiving(*events)
    channel._connection.client, channel._connection.account = client, None
    journal = Journal()
    await channel._following.follow(client, journal)
    return journal.states


@pytest.mark.parametrize("case", CASES)
async def test_each_login_is_read_before_the_tenant_counts_as_connected(channel: NeonizeChannel, case: str) -> None:
    events, states = CASES[case]
    assert await followed(channel, *events, Event("Close")) == states


async def test_a_login_that_was_cut_says_nothing_about_the_next_clients(channel: NeonizeChannel) -> None:
    assert await followed(channel, LOGIN, Event("Ended", "websocket closed")) == ["connecting"]
    assert await followed(channel, ALL_SAID, Event("Close")) == []


async def test_a_word_that_never_comes_is_waited_for_until_nobody_has_written_for_a_while(
    channel: NeonizeChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catching_up, "QUIET", 0.05)
    client: Any = Receiving(LOGIN, *(message(str(number)) for number in range(50)))
    seen: list[int] = []

    class Closing(Journal):
        async def state(self, state: SessionState) -> None:
            await super().state(state)
            if self.states[-1] == "connected":
                seen.append(len(self.messages))
                client.events.put_nowait(Event("Close"))

    channel._connection.client = client
    await channel._following.follow(client, Closing())
    assert seen == [50]


@pytest.mark.parametrize("events", [[LOGIN, message("jam buka?"), ALL_SAID], [ALL_SAID, message("jam buka?"), LOGIN]])
async def test_what_came_meanwhile_is_stored_before_the_tenant_counts_as_connected(
    channel: NeonizeChannel, events: list[Event]
) -> None:
    client: Any = Receiving(*events, Event("Close"))
    stored: list[int] = []

    class Slow(Journal):
        async def message(self, message: Message) -> None:
            await asyncio.sleep(0.05)
            await super().message(message)

        async def state(self, state: SessionState) -> None:
            await super().state(state)
            if self.states[-1] == "connected":
                stored.append(len(self.messages))

    channel._connection.client = client
    await channel._following.follow(client, Slow())
    assert stored == [1]
