"""However a connection ends, what the library has confirmed to WhatsApp by then is delivered: it is not said again.

The client is a stand-in, because the real one cannot be made to receive something at a given instant.
"""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from neonize.proto import Neonize_pb2 as wire

from tests.channel.test_neonize_channel import NoClock
from tests.channel.test_neonize_translate import OWN, event, text
from wabot.channel.neonize import last_words
from wabot.channel.neonize.channel import NeonizeChannel
from wabot.channel.neonize.library import Account, Client, Event, LibraryError
from wabot.model.message import Message
from wabot.model.session import SessionState


def message(words: str) -> Event:
    return Event("Message", event(text(words)))


class Receiving:
    """A client that receives one message more while it is hung up, and another until it is stopped."""

    HEARD, PARTING = Client.HEARD, Client.PARTING

    def __init__(self, *events: Event, number: str = OWN, connected: bool = True) -> None:
        self.events: asyncio.Queue[Event] = asyncio.Queue()
        self.connected, self.done = connected, list[str]()
        self._number = number
        for one in events:
            self.events.put_nowait(one)

    async def account(self) -> Account:
        if not self.connected:
            raise LibraryError("cut")
        return Account(self._number, 7)

    async def phone_of(self, _lid: str) -> str:
        raise LibraryError("unknown")

    async def show_available(self, on: bool) -> None: ...

    async def hang_up(self) -> None:
        if "hang up" not in self.done:
            self.done.append("hang up")
            self.connected = False
            self.events.put_nowait(message("as it was hung up"))

    async def unlink(self) -> None:
        self.done.append("unlink")

    async def stop(self) -> bool:
        if "stop" not in self.done:
            self.done.append("stop")
            self.events.put_nowait(message("as it was stopped"))
        return True


class Journal:
    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.states: list[str] = []

    async def message(self, message: Message) -> None:
        self.messages.append(message)

    async def state(self, state: SessionState) -> None:
        self.states.append(state.status)

    async def history(self, _part: object) -> None: ...

    async def receipt(self, _receipt: object) -> None: ...

    async def settled(self) -> None: ...


class SlowDisk(Journal):
    """Takes longer for a message than a connection that was hung up is listened to."""

    def __init__(self, client: Receiving) -> None:
        super().__init__()
        self._client, self.before_the_stop = client, list[str]()

    async def message(self, message: Message) -> None:
        await asyncio.sleep(0.05)
        await super().message(message)
        if "stop" not in self._client.done:
            self.before_the_stop.append(message.text)


def unanswered() -> Any:
    body = wire.KeepAliveTimeout()
    body.ErrorCount = 3
    return body


OTHER = "6281999999999"
LAST = ["before", "behind", "as it was hung up", "as it was stopped"]
ENDS = {
    "close": Event("Close"),
    "cut": Event("Ended", "websocket closed"),
    "a word that nobody knows": Event("Ended", "required field Reason not set"),
    "deaf": Event("Deaf"),
    "unanswered": Event("KeepAliveTimeout", unanswered()),
    "replaced": Event("StreamReplaced"),
    "unlinked": Event("LoggedOut", wire.LoggedOut()),
}


@pytest.fixture
def channel(tmp_path: Path) -> NeonizeChannel:
    return NeonizeChannel(tmp_path / "keys.db", OWN, NoClock(), lambda _code: False)


async def left(channel: NeonizeChannel, client: Any) -> list[str]:
    """What was delivered by the time that the channel has done with this client."""
    channel._connection.client, channel._connection.account = client, None
    journal = Journal()
    await channel._following.follow(client, journal)
    return [message.text for message in journal.messages]


@pytest.mark.parametrize("end", ENDS)
async def test_what_was_confirmed_is_delivered_whatever_ends_the_connection(channel: NeonizeChannel, end: str) -> None:
    client = Receiving(Event("Connected"), message("before"), ENDS[end], message("behind"))
    assert await left(channel, client) == LAST
    assert client.done == ["hang up", "stop"]


@pytest.mark.parametrize("end", ENDS)
async def test_what_was_confirmed_is_stored_before_the_library_is_stopped(
    channel: NeonizeChannel, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(last_words, "_QUIET", 0.01)
    client: Any = Receiving(Event("Connected"), message("before"), ENDS[end], message("behind"))
    journal = SlowDisk(client)
    channel._connection.client = client
    await channel._following.follow(client, journal)
    assert [message.text for message in journal.messages] == LAST
    assert journal.before_the_stop == LAST[:-1]


async def test_what_came_before_the_number_was_known_is_delivered_by_a_channel_that_closes(
    channel: NeonizeChannel,
) -> None:
    client = Receiving(message("before"), Event("Close"), Event("Connected"), message("behind"))
    assert await left(channel, client) == LAST


@pytest.mark.parametrize("closes", [[], [Event("Close")]])
async def test_nothing_of_another_number_is_delivered_however_the_connection_ends(
    channel: NeonizeChannel, closes: list[Event]
) -> None:
    paired = Event("PairStatus", wire.PairStatus())
    client = Receiving(paired, message("before"), *closes, Event("Connected"), message("behind"), number=OTHER)
    assert await left(channel, client) == []
    assert "unlink" in client.done


async def test_nothing_is_delivered_when_nobody_can_tell_whose_it_is(channel: NeonizeChannel) -> None:
    client = Receiving(message("before"), Event("Ended", "websocket closed"), message("behind"), connected=False)
    assert await left(channel, client) == []


async def test_a_channel_that_closes_hangs_up_before_all_that_waits_is_delivered(channel: NeonizeChannel) -> None:
    waiting = [message(str(number)) for number in range(100)]
    client: Any = Receiving(*waiting)
    channel._connection.client, channel._connection.account = client, Account(OWN, 7)
    await channel.close()
    assert client.done == ["hang up"]
    assert client.events.qsize() == 100 + len(["as it was hung up", "Close"])


class Busy(Journal):
    """Never done with what is handed on to it."""

    async def history(self, _part: object) -> None:
        await asyncio.Event().wait()


async def test_a_history_that_was_heard_last_is_on_disk_when_the_connection_has_ended(tmp_path: Path) -> None:
    waiting = tmp_path / "history"
    waiting.mkdir()
    (waiting / "000001.sync").write_bytes(b"one before")  # so that nothing of the other is handed on meanwhile
    importer = NeonizeChannel(tmp_path / "keys.db", OWN, NoClock(), lambda _code: False)._importer
    importer.start(Busy())
    importer.hear(SimpleNamespace(Data=SimpleNamespace(SerializePartialToString=lambda: b"a history")))
    await importer.stop()
    assert [file.read_bytes() for file in sorted(waiting.glob("*.sync"))] == [b"one before", b"a history"]


async def test_what_came_over_a_connection_that_could_not_tell_whose_it_is_is_delivered_over_the_next(
    channel: NeonizeChannel,
) -> None:
    client: Any = Receiving(message("first"), Event("Ended", "websocket closed"), connected=False)
    assert await left(channel, client) == []
    again = Receiving(Event("Connected"), message("before"), message("behind"), Event("Close"))
    assert await left(channel, again) == ["first", *LAST[2:], *LAST]
