"""A process that links or unlinks a phone loses nothing that the library has confirmed to WhatsApp, however its
connections end. The clients are stand-ins, because the real one cannot be made to fail at a given instant."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from neonize.proto import Neonize_pb2 as wire

from tests.channel.test_neonize_channel import NoClock
from tests.channel.test_neonize_leaving import LAST, OTHER, Journal, Receiving, message
from tests.channel.test_neonize_translate import OWN
from wabot.channel.neonize import last_words, pairing, unlinking
from wabot.channel.neonize.library import Account, Event, LibraryError
from wabot.channel.neonize.pairing import Outcome, Pairing
from wabot.channel.neonize.unlinking import Unlinking

END = Event("Ended", "websocket closed")


class Linking(Receiving):
    """A client that can be told to refuse what a process that links or unlinks asks of it."""

    def __init__(self, *events: Event, refuses: str = "", number: str = OWN) -> None:
        super().__init__(*events, number=number)
        self._refuses = refuses

    async def connect(self, _proxy: str) -> None: ...

    async def account(self) -> Account:
        if self._refuses == "account":
            raise LibraryError("cut")
        return await super().account()

    async def unlink(self) -> None:
        if self._refuses == "unlink":
            raise LibraryError("websocket not connected")
        await super().unlink()


Run = Callable[..., Awaitable[tuple[Outcome, list[str]]]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    async def run(
        kind: type[Pairing | Unlinking],
        *clients: Linking,
        wait: float = 0.0,
        meanwhile: Callable[[Any], None] = lambda _work: None,
    ) -> tuple[Outcome, list[str]]:
        """What came of it, and what was stored, over these connections; after the last one `meanwhile` is done, once,
        in the time that is waited for another."""
        left, journal = iter(clients), Journal()
        for module in (pairing, unlinking):
            monkeypatch.setattr(module, "Library", lambda: None)
            monkeypatch.setattr(module, "Client", lambda *_: next(left))
            monkeypatch.setattr(module, "backoff", lambda *_: wait)
        monkeypatch.setattr(pairing, "_LEAST", 0.0)
        monkeypatch.setattr(last_words, "_QUIET", 0.01)
        keys, inbox = tmp_path / "keys.db", journal
        if kind is Pairing:
            work: Any = Pairing(keys, OWN, NoClock(), inbox, lambda *_, **__: None, 30.0)
        else:
            work = Unlinking(keys, OWN, NoClock(), inbox, 30.0)
        async with asyncio.timeout(20):
            running = asyncio.create_task(work.run())
            while wait and "stop" not in clients[-1].done:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.05 if wait else 0)
            meanwhile(work)
            outcome = await running
        return outcome, [message.text for message in journal.messages]

    return run


async def test_what_came_before_an_unlinking_failed_is_stored(run: Run) -> None:
    first = Linking(message("before"), Event("Connected"), message("behind"), refuses="unlink")
    outcome, stored = await run(Unlinking, first, Linking(Event("LoggedOut", wire.LoggedOut())))
    assert outcome.reason == "was_unlinked"
    assert stored[:4] == LAST
    assert first.done == ["hang up", "stop"]


async def test_what_came_before_a_connection_told_nothing_is_stored_by_the_next_that_logs_in(run: Run) -> None:
    clients = Linking(message("before"), END), Linking(message("then"), Event("Connected"))
    outcome, stored = await run(Unlinking, *clients)
    assert outcome.reason == "unlinked"
    assert stored == ["before", *LAST[2:], "then", *LAST[2:]]


async def test_what_came_before_it_was_known_whose_it_is_is_stored_once_it_is(run: Run) -> None:
    first = Linking(message("before"), Event("Connected"), END, message("behind"), refuses="account")
    again = Linking(message("then"), Event("Connected"), Event("OfflineSyncCompleted"))
    outcome, stored = await run(Pairing, first, again)
    assert outcome.reason == "paired"
    assert stored == [*LAST, "then", *LAST[2:]]


@pytest.mark.parametrize("scanned", [[], [Event("QR", "code"), Event("PairStatus")]])
async def test_nothing_of_another_number_is_stored_whichever_connection_it_came_over(
    run: Run, scanned: list[Event]
) -> None:
    first = Linking(*scanned, message("before"), Event("Connected"), END, refuses="account", number=OTHER)
    outcome, stored = await run(Pairing, first, Linking(message("then"), Event("Connected"), number=OTHER))
    assert outcome.reason == ("wrong_number" if scanned else "other_number")
    assert stored == []


async def test_nothing_of_another_number_is_stored_while_it_is_unlinked(run: Run) -> None:
    other = Linking(message("before"), Event("Connected"), message("behind"), number=OTHER)
    outcome, stored = await run(Unlinking, other)
    assert outcome.reason == "unlinked"
    assert stored == []


async def test_nothing_is_stored_that_came_for_keys_that_were_there_before_the_phone_was_linked(run: Run) -> None:
    gone = Linking(message("before"), Event("Connected"), Event("LoggedOut", wire.LoggedOut()), refuses="account")
    done = [Event("QR", "code"), Event("PairStatus"), Event("Connected"), Event("OfflineSyncCompleted")]
    outcome, stored = await run(Pairing, gone, Linking(*done))
    assert outcome.reason == "paired"
    assert stored == LAST[2:]


async def test_who_gives_up_an_unlinking_does_not_wait_for_its_next_attempt(run: Run) -> None:
    outcome, _ = await run(Unlinking, Linking(END), wait=60.0, meanwhile=lambda work: work.stop())
    assert outcome.reason == "interrupted"
