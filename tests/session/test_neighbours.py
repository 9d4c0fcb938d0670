"""A session hears the processes beside it, and is heard by them."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.session.stage import BUDI, Stage, stage
from wabot.bus import API, SESSION, Ear, Mouth
from wabot.model.stored import PersonSays
from wabot.session import neighbours as beside
from wabot.session.neighbours import neighbours
from wabot.session.report import Mute
from wabot.session.session import Place
from wabot.store.sqlite import say

HOME = "data/warung"


@asynccontextmanager
async def street(place: Path) -> AsyncIterator[tuple[Stage, Mouth]]:
    """A shop, and somebody who says words to its session."""
    async with stage(place, home=HOME) as shop:
        with neighbours(shop.session, Place(shop.folder, place / HOME), shop.store, Mute()):
            yield shop, Mouth(place / HOME, SESSION)


async def until(true: Any) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.005)


async def test_what_was_queued_goes_out_at_a_word(tmp_path: Path) -> None:
    async with street(tmp_path) as (shop, mouth):
        await shop.say("jam buka?")
        say(tmp_path / HOME, "warung", PersonSays(BUDI, "sebentar ya", pause=1000), shop.clock.now())
        mouth.say("look")
        await until(lambda: "sebentar ya" in shop.replies)


async def test_a_person_who_types_is_shown_until_they_stop(tmp_path: Path) -> None:
    async with street(tmp_path) as (shop, mouth):
        await shop.say("halo")
        for _ in range(3):  # each key that is pressed, say
            mouth.say("typing", chat=BUDI, on=True)
        await until(lambda: shop.channel.typed)
        mouth.say("typing", chat=BUDI, on=False)
        await until(lambda: len(shop.channel.typed) > 1)
        mouth.say("typing", chat=BUDI, on=False)
        mouth.say("typing", chat="", on=True)
        await asyncio.sleep(0.05)
        assert shop.channel.typed == [(BUDI, True), (BUDI, False)]


async def test_a_person_who_says_nothing_more_types_no_longer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "LONGEST", 0.05)
    async with street(tmp_path) as (shop, mouth):
        mouth.say("typing", chat=BUDI, on=True)
        await until(lambda: shop.channel.typed == [(BUDI, True), (BUDI, False)])


async def test_what_changed_and_who_types_is_told_to_the_api(tmp_path: Path) -> None:
    heard: list[tuple[str, Mapping[str, Any]]] = []
    async with street(tmp_path) as (shop, _):
        ear = Ear(tmp_path / "data", API, lambda kind, word: heard.append((kind, word)))
        await shop.say("jam buka?")
        await until(lambda: ("changed", {"tenant": "warung"}) in heard)
        shop.session.on_typing(BUDI, True)
        await until(lambda: ("typing", {"tenant": "warung", "chat": BUDI, "on": True}) in heard)
        heard.clear()
        await shop.store.queued()
        await asyncio.sleep(0.05)
        assert not heard, "reading changes nothing"
        ear.close()


async def test_a_session_that_can_not_listen_goes_on(tmp_path: Path) -> None:
    async with stage(tmp_path, home=HOME) as shop:
        (tmp_path / HOME / SESSION).mkdir()
        with neighbours(shop.session, Place(shop.folder, tmp_path / HOME), shop.store, shop.told):
            await shop.say("jam buka?")
        assert any("deaf" in note for note in shop.told.notes)
        assert shop.replies == ["Kami buka kak."]
