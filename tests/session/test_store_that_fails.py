"""A store that fails for a while: nothing is lost, nothing dies, and the log is not flooded."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.session.stage import ANI, BUDI, LATER, Told, stage
from wabot.model.errors import StoreError
from wabot.model.session import SessionState
from wabot.session import insisting
from wabot.session.insisting import Newest, insist
from wabot.store.sqlite import SqliteStore

FULL = StoreError("the disk is full or failing (disk I/O error): nothing new can be stored until that is mended")


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(insisting, "_AGAIN", 0.01)


def failing(store: object, name: str, times: int, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The store's method fails so many times; no real disk fails at a chosen statement."""
    real, tries = getattr(store, name), [0]

    async def fail(*arguments: Any, **more: Any) -> Any:
        tries[0] += 1
        if tries[0] <= times:
            raise FULL
        return await real(*arguments, **more)

    monkeypatch.setattr(store, name, fail)
    return tries


async def test_messages_that_cannot_be_journalled_wait_in_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(tmp_path) as shop:
        failing(shop.store, "journal", 3, monkeypatch)
        await shop.say("halo")
        await shop.say("jam buka?")
        await shop.say("jam buka?", ANI)
        assert shop.channel.heard == [(BUDI, "Kami buka kak."), (ANI, "Kami buka kak.")]
        assert [note for note in shop.told.notes if "waits for the store" in note] == [
            f"a message waits for the store {FULL}"
        ]
        assert "a message is stored after 3 tries" in shop.told.notes


async def test_a_state_that_cannot_be_stored_costs_the_session_nothing_and_is_stored_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(tmp_path) as shop:
        tries = failing(shop.session._states, "_save", 2, monkeypatch)
        assert shop.channel.inbox is not None
        await shop.channel.inbox.state(SessionState("disconnected", "cut"))
        await shop.channel.inbox.state(SessionState("connected"))
        await shop.say("jam buka?")
        assert shop.replies == ["Kami buka kak."]
        while tries[0] < 3:
            await asyncio.sleep(0.01)
        assert (await shop.store.summary()).state.status == "connected"


async def test_a_change_of_rules_that_cannot_be_noted_is_live_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(tmp_path) as shop:
        tries = failing(shop.session._reloads, "_save", 2, monkeypatch)
        file = shop.folder / "rules.yaml"
        file.write_text(file.read_text().replace("Kami buka", "Kami tutup"))
        await shop.session.live.reload()
        await shop.say("jam buka?")
        assert shop.replies == ["Kami tutup kak."]
        while tries[0] < 3:
            await asyncio.sleep(0.01)
        reload = (await shop.store.summary()).reload
        assert reload is not None
        assert reload.revision == shop.session.live.rule_set().revision


async def test_only_the_newest_news_is_written_later() -> None:
    saved: list[str] = []
    down = [True]

    async def save(text: str) -> None:
        if down[0]:
            raise FULL
        saved.append(text)

    told = Told()
    newest = Newest(save, told, "the state")
    await newest.tell("first")
    await newest.tell("second")
    down[0] = False
    while not saved:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
    assert saved == ["second"]
    newest.stop()


async def test_a_reply_that_could_not_be_sent_and_not_be_given_back_is_tried_again_and_not_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(tmp_path) as shop:
        failing(shop.store, "release", 2, monkeypatch)
        shop.channel.next_error = [LATER]
        await shop.say("jam buka?")
        assert shop.replies == ["Kami buka kak."]
        assert (await shop.store.summary()).outbox == {"sent": 1}


async def test_a_session_starts_on_a_store_that_fails_at_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("abandon", "queued", "undecided", "suspects", "save_state", "save_reload"):
        real = getattr(SqliteStore, name)
        failed: set[str] = set()

        def fails_once(self: SqliteStore, *arguments: Any, real: Any = real, failed: set[str] = failed) -> Any:
            if not failed:
                failed.add("once")
                raise FULL
            return real(self, *arguments)

        monkeypatch.setattr(SqliteStore, name, fails_once)
    async with stage(tmp_path) as shop:
        await shop.say("jam buka?")
        assert shop.replies == ["Kami buka kak."]


async def test_the_same_trouble_is_told_once_a_while() -> None:
    told, left = Told(), [100]

    async def work() -> str:
        left[0] -= 1
        if left[0]:
            raise FULL
        return "done"

    assert await insist(work, told, "a message") == "done"
    assert len(told.notes) == 3


def test_a_log_that_cannot_be_written_ends_nothing() -> None:
    said = (
        "from wabot.daemon.logs import LogReport, configure\n"
        "configure('json')\n"
        "for _ in range(3): LogReport('warung').note('one', level='error')\n"
        "print('alive', flush=True)\n"
        "import os; os._exit(0)\n"
    )
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run([sys.executable, "-c", said], stderr=full, stdout=subprocess.PIPE, check=False)
    assert (ran.returncode, ran.stdout) == (0, b"alive\n")
