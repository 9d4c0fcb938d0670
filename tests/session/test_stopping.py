"""What a session still does once it was asked to stop, and how much it begins at once."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.session.stage import ANI, BUDI, stage
from wabot.model.message import Message
from wabot.model.turn import Begun, Outbound
from wabot.store.sqlite import open_store


async def test_what_is_journalled_when_the_session_stops_is_decided_before_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(tmp_path) as shop:
        begin = shop.store.begin

        async def slowly(message: Message, now: int) -> Begun:
            await shop.channel._closed.wait()
            await asyncio.sleep(0.2)  # deciding takes longer than closing the channel
            return await begin(message, now)

        monkeypatch.setattr(shop.store, "begin", slowly)
        for text, chat in (("jam buka?", BUDI), ("halo", BUDI), ("jam buka?", ANI)):
            await shop.say(text, chat, settle=False)
        assert len(await shop.store.undecided()) == 3
    store = open_store(tmp_path / "data", "warung")
    assert await store.undecided() == []
    assert sum(dict((await store.summary()).outbox).values()) == 2, "each reply went out or waits for the next start"
    await store.close()


async def test_a_send_that_takes_its_time_when_the_session_stops_ends_as_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(tmp_path) as shop:
        begun, send = asyncio.Event(), shop.channel.send

        async def slowly(outbound: Outbound) -> None:
            begun.set()
            await asyncio.sleep(1)  # as WhatsApp may take
            await send(outbound)

        monkeypatch.setattr(shop.channel, "send", slowly)
        await shop.say("jam buka?", settle=False)
        await begun.wait()
    store = open_store(tmp_path / "data", "warung")
    assert dict((await store.summary()).outbox) == {"sent": 1}
    await store.close()


async def test_at_most_64_messages_are_begun_at_the_same_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # As many as were begun when the process died come alone at its next start: a crowd must not.
    async with stage(tmp_path) as shop:
        begin, go_on = shop.store.begin, asyncio.Event()
        begun: list[str] = []

        async def held(*asked: Any) -> Begun:
            begun.append(asked[0].chat)
            await go_on.wait()
            return await begin(*asked)

        monkeypatch.setattr(shop.store, "begin", held)
        customers = [f"62812000000{number:02}" for number in range(80)]
        await asyncio.gather(*(shop.say("jam buka?", customer, settle=False) for customer in customers))
        while len(begun) < 64:
            await asyncio.sleep(0)
        for _ in range(200):  # the others had their turn of the loop as well
            await asyncio.sleep(0)
        assert len(begun) == 64
        go_on.set()
        await shop.settle()
        assert sorted(chat for chat, _ in shop.channel.heard) == customers
