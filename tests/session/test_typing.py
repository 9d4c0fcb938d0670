""" "typing…" is shown as long as somebody would type the reply, and only while the reply still stands."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.session.stage import BUDI, START, Stage, stage
from tests.session.stage import JAM as SHORT
from wabot.model.turn import Outbound
from wabot.session.clock import ScriptClock
from wabot.session.typist import Standing, Typist, typing_begins
from wabot.store.sqlite.operating import cancel, pause_tenant

LONG = SHORT.replace("Kami buka kak.", "Kami buka kak. " * 20)


def reply(length: int, media: str = "") -> Outbound:
    return Outbound("1", BUDI, "x" * length, "jam-buka", 0, 0, media=media)


@pytest.mark.parametrize(
    ("length", "delay", "begins"),
    [
        (14, 20_000, 18_000),  # two seconds of typing at the end of a long delay
        (70, 20_000, 10_000),
        (3, 20_000, 19_000),  # a second at least
        (700, 20_000, 5_000),  # first they read
        (700, 200_000, 170_000),  # half a minute at most
        (14, 2_000, 500),
        (0, 0, 0),
    ],
)
def test_somebody_reads_and_then_types_as_long_as_the_text_takes(length: int, delay: int, begins: int) -> None:
    assert typing_begins(reply(length), START, START + delay) == START + begins


def test_a_file_is_looked_for_first() -> None:
    assert typing_begins(reply(0, "menu.png"), 0, 20_000) == 18_000


class Screen:
    """What the customer sees, and when."""

    def __init__(self, clock: ScriptClock) -> None:
        self.clock = clock
        self.seen: list[tuple[int, bool]] = []

    async def typing(self, _chat: str, on: bool) -> None:
        self.seen.append((self.clock.now() - START, on))


@pytest.fixture
def clock() -> ScriptClock:
    made = ScriptClock()
    made.set(START)
    return made


async def test_it_is_said_again_before_the_phone_lets_it_fade(clock: ScriptClock) -> None:
    screen: Any = Screen(clock)

    async def stands() -> Standing:
        return Standing(START + 40_000, True)

    assert await Typist(screen, clock).until_due(reply(700), START, START + 40_000, stands)
    assert screen.seen == [(10_000, True), (20_000, True), (30_000, True)]


async def test_it_stops_while_the_customer_goes_on_writing_and_begins_anew(clock: ScriptClock) -> None:
    screen: Any = Screen(clock)

    async def stands() -> Standing:
        return Standing(START + (8_000 if clock.now() < START + 4_000 else 16_000), True)

    assert await Typist(screen, clock).until_due(reply(35), START, START + 8_000, stands)
    assert screen.seen == [(3_000, True), (5_000, False), (11_000, True)]


async def test_it_stops_while_the_reply_would_not_go_out(clock: ScriptClock) -> None:
    screen: Any = Screen(clock)

    async def stands() -> Standing:
        return Standing(START + 20_000, not START + 10_000 <= clock.now() < START + 14_000)

    assert await Typist(screen, clock).until_due(reply(700), START, START + 20_000, stands)
    assert screen.seen == [(5_000, True), (11_000, False), (15_000, True)]


class SetBack(ScriptClock):
    """Somebody sets it back by an hour while it is slept on for the second time."""

    slept = 0
    times = 0

    async def sleep(self, milliseconds: int) -> None:
        self.times += 1
        self.slept += milliseconds
        self._now += milliseconds - (3_600_000 if self.times == 2 else 0)
        await asyncio.sleep(0)


async def test_a_clock_that_is_set_back_meanwhile_makes_nobody_wait_longer() -> None:
    clock = SetBack()
    clock.set(START)
    screen: Any = Screen(clock)

    async def stands() -> Standing:
        return Standing(START + 20_000, True)

    assert await Typist(screen, clock).until_due(reply(70), START, START + 20_000, stands)
    assert clock.slept == 20_000
    assert len([on for _, on in screen.seen if on]) == 1


async def test_a_phone_that_does_not_answer_holds_no_reply_up(
    clock: ScriptClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wabot.session.typist._PATIENCE", 0.01)

    class Dead:
        async def typing(self, _chat: str, _on: bool) -> None:
            await asyncio.Event().wait()

    async def stands() -> Standing:
        return Standing(START + 2_000, True)

    dead: Any = Dead()
    assert await Typist(dead, clock).until_due(reply(14), START, START + 2_000, stands)
    assert clock.now() == START + 2_000


@asynccontextmanager
async def typing(place: Path) -> AsyncIterator[Stage]:
    """A shop that types a long reply to Budi; time stands still until `clock.runs` is set."""
    async with stage(place, LONG, hurry=False, delay="20s", debounce="0s") as shop:
        shown, show = asyncio.Event(), shop.channel.typing

        async def stop_here(chat: str, on: bool) -> None:
            await show(chat, on)
            if on:
                shop.clock.runs.clear()
                shown.set()

        vars(shop.channel)["typing"] = stop_here  # found before the class's own
        await shop.say("jam buka?", settle=False)
        await asyncio.wait_for(shown.wait(), 20)
        yield shop
        shop.clock.runs.set()


async def test_a_person_who_takes_the_chat_over_ends_the_bots_typing_at_once(tmp_path: Path) -> None:
    async with typing(tmp_path) as shop:
        await shop.say("saya sendiri ya", from_me=True)
        assert shop.channel.typed == [(BUDI, True), (BUDI, False)]
        assert shop.replies == []


async def test_typing_ends_with_the_message_and_not_before(tmp_path: Path) -> None:
    async with typing(tmp_path) as shop:
        order: list[str] = []
        send, show = shop.channel.send, shop.channel.typing

        async def sends(outbound: Outbound) -> None:
            order.append("sent")
            await send(outbound)

        async def shows(chat: str, on: bool) -> None:
            order.append("typing" if on else "not typing")
            await show(chat, on)
            shop.clock.runs.set()

        vars(shop.channel).update(send=sends, typing=shows)
        shop.clock.runs.set()
        await shop.settle()
        assert order[-2:] == ["sent", "not typing"]


async def test_a_reply_that_somebody_cancelled_is_typed_no_longer(tmp_path: Path) -> None:
    async with typing(tmp_path) as shop:
        [row] = await shop.store.queued()
        assert cancel(tmp_path / "data", "warung", row.id)
        shop.clock.runs.set()
        await shop.settle()
        assert shop.channel.typed == [(BUDI, True), (BUDI, False)]
        assert (shop.replies, shop.clock.now() < row.due) == ([], True)


async def test_a_bot_that_is_paused_types_no_longer(tmp_path: Path) -> None:
    async with typing(tmp_path) as shop:
        pause_tenant(tmp_path / "data", "warung", START + 3_600_000)
        shop.clock.runs.set()
        await shop.settle()
        assert shop.channel.typed == [(BUDI, True), (BUDI, False)]


async def test_nothing_is_typed_before_a_reply_that_leaves_at_once(tmp_path: Path) -> None:
    async with stage(tmp_path, LONG, hurry=True) as shop:
        await shop.say("jam buka?")
        assert len(shop.replies) == 1
        assert shop.channel.typed == []
