"""Words between processes: heard whole or not at all, and nobody waits for who is not there."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wabot.bus import Ear, Mouth


class Listener:
    def __init__(self) -> None:
        self.words: list[tuple[str, Mapping[str, Any]]] = []

    def __call__(self, kind: str, word: Mapping[str, Any]) -> None:
        self.words.append((kind, word))

    async def has(self, count: int) -> None:
        async with asyncio.timeout(10):
            while len(self.words) < count:
                await asyncio.sleep(0.01)


async def test_a_word_is_heard_with_what_it_says(tmp_path: Path) -> None:
    heard = Listener()
    ear = Ear(tmp_path, "api.sock", heard)
    Mouth(tmp_path, "api.sock").say("typing", chat="6281", on=True)
    await heard.has(1)
    assert heard.words == [("typing", {"chat": "6281", "on": True})]
    ear.close()


async def test_nobody_waits_for_a_listener_who_is_not_there(tmp_path: Path) -> None:
    mouth = Mouth(tmp_path / "nowhere", "api.sock")
    mouth.say("look")
    mouth = Mouth(tmp_path, "api.sock")
    mouth.say("look")
    heard = Listener()
    ear = Ear(tmp_path, "api.sock", heard)
    mouth.say("look")
    await heard.has(1)
    ear.close()
    mouth.say("look")


async def test_a_path_may_be_longer_than_an_address(tmp_path: Path) -> None:
    folder = tmp_path / ("a" * 100) / ("b" * 100)
    folder.mkdir(parents=True)
    heard = Listener()
    ear = Ear(folder, "session.sock", heard)
    Mouth(folder, "session.sock").say("look")
    await heard.has(1)
    ear.close()
    assert not (folder / "session.sock").exists()


async def test_whoever_listens_later_is_heard_and_not_removed_by_who_came_before(tmp_path: Path) -> None:
    first, second = Listener(), Listener()
    before = Ear(tmp_path, "api.sock", first)
    after = Ear(tmp_path, "api.sock", second)
    before.close()
    Mouth(tmp_path, "api.sock").say("look")
    await second.has(1)
    assert first.words == []
    after.close()


async def test_a_full_listener_loses_words_and_holds_nobody_up(tmp_path: Path) -> None:
    heard = Listener()
    ear = Ear(tmp_path, "api.sock", heard)
    mouth = Mouth(tmp_path, "api.sock")
    for number in range(5_000):
        mouth.say("look", number=number, filler="x" * 500)
    await heard.has(1)
    assert heard.words[0] == ("look", {"number": 0, "filler": "x" * 500})
    ear.close()


async def test_only_the_owner_may_speak_to_a_listener(tmp_path: Path) -> None:
    ear = Ear(tmp_path, "api.sock", Listener())
    assert (tmp_path / "api.sock").stat().st_mode & 0o777 == 0o600
    ear.close()
