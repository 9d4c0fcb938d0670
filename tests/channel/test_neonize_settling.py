"""A reply in the very instant in which a customer writes can be unreadable on their phone: it waits a moment."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.channel.test_neonize_channel import reply
from tests.channel.test_neonize_translate import LID, OWN, event, text
from wabot.channel.neonize.channel import NeonizeChannel
from wabot.channel.neonize.settling import AT_ONCE, Settling
from wabot.model.errors import ChannelBusy, ChannelError
from wabot.session.clock import RealClock, ScriptClock


class Anybody:
    """An inbox that takes everything."""

    async def message(self, _message: Any) -> None:
        pass


async def heard(tmp_path: Path) -> tuple[NeonizeChannel, ScriptClock]:
    clock = ScriptClock()
    clock.set(1_000_000)
    channel = NeonizeChannel(tmp_path / "keys.db", OWN, clock, lambda _code: False)
    inbox: Any = Anybody()
    await channel._following.deliver(event(text("jam buka?")), inbox)
    await channel._following._handing.done()
    return channel, clock


async def gets_to_the_connection(channel: NeonizeChannel, chat: str) -> None:
    with pytest.raises(ChannelError, match="not connected"):
        await channel.send(reply(chat))


@pytest.mark.parametrize(("later", "sent_at"), [(0, 50), (20, 50), (50, 50), (80, 80)])
async def test_a_send_waits_until_the_chat_was_silent_for_50_milliseconds(
    tmp_path: Path, later: int, sent_at: int
) -> None:
    channel, clock = await heard(tmp_path)
    clock.set(1_000_000 + later)
    await gets_to_the_connection(channel, LID)
    assert clock.now() - 1_000_000 == sent_at


async def test_a_send_to_another_chat_does_not_wait(tmp_path: Path) -> None:
    channel, clock = await heard(tmp_path)
    await gets_to_the_connection(channel, "6281299999999")
    assert clock.now() == 1_000_000


async def test_a_clock_that_is_set_back_lets_nobody_wait_for_the_hour_that_comes_again() -> None:
    class Machine(RealClock):
        back = 0

        def now(self) -> int:
            return super().now() - self.back

    clock = Machine()
    settling = Settling(clock)
    settling.heard("one")
    clock.back = 3_600_000
    async with asyncio.timeout(10), settling.turn("one", settling.latest()):
        pass


async def test_while_a_customer_speaks_in_pieces_nobody_is_written_to_until_there_is_a_lull() -> None:
    clock = ScriptClock()
    clock.set(1_000_000)
    settling = Settling(clock)
    for at in (0, 100):
        clock.set(1_000_000 + at)
        settling.heard("in pieces")
    async with settling.turn("another", settling.latest()):
        assert clock.now() - 1_000_000 == 125


async def test_messages_of_many_customers_are_no_pieces() -> None:
    clock = ScriptClock()
    clock.set(1_000_000)
    settling = Settling(clock)
    settling.heard("one")
    settling.heard("two")
    async with settling.turn("another", settling.latest()):
        assert clock.now() == 1_000_000


async def test_who_is_answered_and_writes_again_does_not_speak_in_pieces() -> None:
    clock = ScriptClock()
    clock.set(1_000_000)
    settling = Settling(clock)
    settling.heard("one")
    async with settling.turn("one", settling.latest()):
        pass
    settling.heard("one")
    async with settling.turn("another", settling.latest()):
        assert clock.now() - 1_000_000 == 50


async def test_a_few_messages_have_their_turn_and_who_waits_for_too_long_asks_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("wabot.channel.neonize.settling.TURN_SECONDS", 0.01)
    settling = Settling(RealClock())
    async with AsyncExitStack() as turns:
        for number in range(AT_ONCE):
            await turns.enter_async_context(settling.turn(str(number), settling.latest()))
        with pytest.raises(ChannelBusy):
            async with settling.turn("another", settling.latest()):
                pass
    async with settling.turn("another", settling.latest()):
        pass


async def test_who_has_a_turn_is_held_back_when_the_customer_writes_meanwhile() -> None:
    clock = ScriptClock()
    clock.set(1_000_000)
    settling = Settling(clock)
    async with settling.turn("one", settling.latest()) as ready:
        assert ready()
        settling.heard("another")
        assert ready()
        settling.heard("one")
        assert not ready()
        clock.set(1_000_050)
        assert ready()
