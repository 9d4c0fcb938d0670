"""History while a session runs: imported, never answered, and no old customer is welcomed as new."""

import asyncio
from pathlib import Path

import pytest

from tests.blank import lay
from tests.session.stage import ANI, BUDI, START, Stage, stage
from wabot.model.errors import StoreError
from wabot.model.history import History
from wabot.model.message import Message
from wabot.session import histories
from wabot.session.clock import RealClock
from wabot.session.histories import Histories
from wabot.session.report import Mute
from wabot.store.sqlite import open_store

RULES = (
    "  - {id: sambutan, trigger: {type: welcome}, response: Selamat datang kak.}\n"
    "  - {id: jam-buka, trigger: {type: keyword, keywords: [jam buka]}, response: Kami buka kak.}\n"
)


def past(chat: str, number: int = 1) -> Message:
    return Message(f"H{number}", chat, "dulu", phone=chat, sent_at=START - 86_400_000 * number)


async def hear(shop: Stage, part: History) -> None:
    assert shop.channel.inbox is not None
    await shop.channel.inbox.history(part)


async def test_history_is_answered_by_nobody_and_an_old_customer_is_not_welcomed(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES) as shop:
        await hear(shop, History((past(BUDI),)))
        await shop.settle()
        assert shop.replies == []
        await shop.say("jam buka?")
        await shop.say("jam buka?", ANI)
        assert shop.channel.heard == [(BUDI, "Kami buka kak."), (ANI, "Selamat datang kak.")]


async def test_after_a_pairing_who_was_never_seen_waits_for_the_history_and_others_do_not(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES) as shop:
        await hear(shop, History((past(ANI),), state="pending"))
        await shop.say("jam buka?", BUDI, settle=False)
        await shop.say("jam buka?", "6281200000003", settle=False)
        await shop.say("halo", "6281200000004", settle=False, from_me=True)
        await shop.say("jam buka?", ANI, settle=False)
        while len(shop.replies) < 1:
            await asyncio.sleep(0.01)
        assert shop.channel.heard == [(ANI, "Kami buka kak.")]
        await hear(shop, History((past(BUDI, 2),)))
        assert [message.chat for message in await shop.store.undecided()] == [BUDI, "6281200000003"]
        await hear(shop, History(state="done"))
        await shop.settle()
        assert set(shop.channel.heard[1:]) == {(BUDI, "Kami buka kak."), ("6281200000003", "Selamat datang kak.")}


async def test_a_session_that_ends_meanwhile_leaves_who_waits_to_the_next_one(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES) as shop:
        await hear(shop, History(state="pending"))
        await shop.say("jam buka?", settle=False)
        await shop.say("halo", ANI, settle=False, from_me=True)  # by now the first one waits
        await hear(shop, History((past(BUDI),)))
    assert shop.replies == []
    async with stage(tmp_path, RULES) as shop:
        await shop.settle()
        assert shop.replies == ["Kami buka kak."]


async def test_nobody_unknown_is_taken_for_new_while_the_session_ends(tmp_path: Path) -> None:
    store = open_store(lay(tmp_path), "warung")
    waiting = Histories(store, RealClock(), Mute())
    await waiting.take(History(state="pending"))
    held = asyncio.create_task(waiting.may_begin(Message("A1", BUDI, phone=BUDI)))
    await asyncio.sleep(0.01)
    waiting.stop()
    assert not await held
    assert not await waiting.may_begin(Message("A2", BUDI, phone=BUDI))
    await waiting.take(History((past(ANI),)))  # what is in memory already is not lost
    assert await waiting.may_begin(Message("A3", ANI, phone=ANI))
    await store.close()


async def test_a_history_that_does_not_come_is_waited_for_no_longer_than_that(tmp_path: Path) -> None:
    store = open_store(lay(tmp_path), "warung")
    waiting = Histories(store, RealClock(), Mute(), longest=0.05)
    await waiting.take(History(state="pending"))
    assert await waiting.may_begin(Message("A1", BUDI, phone=BUDI))
    assert await waiting.may_begin(Message("A2", ANI, phone=ANI))
    await store.close()


async def test_a_store_that_fails_is_waited_for_and_no_part_of_the_history_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(histories, "_AGAIN", 0.01)
    store = open_store(lay(tmp_path), "warung")
    add, failures = store.imports.add, [StoreError("the disk is full"), StoreError("the disk is full")]

    async def failing(part: History, at: int) -> int:
        if failures:
            raise failures.pop()
        return await add(part, at)

    monkeypatch.setattr(store.imports, "add", failing)
    await Histories(store, RealClock(), Mute()).take(History((past(BUDI),)))
    assert (await store.summary()).received == 1
    await store.close()


async def test_a_message_that_cannot_be_stored_is_left_out_and_said_and_the_others_are_in(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES) as shop:
        bad = Message("BAD", BUDI, "dulu", phone=BUDI, sent_at=2**70)
        await hear(shop, History((past(ANI), bad, past("6281200000003", 2)), {BUDI: "Budi"}))
        await hear(shop, History(state="done"))
        assert any(note.startswith("messages of the history are left out") for note in shop.told.notes)
        assert "the history is in" in shop.told.notes
        await shop.say("jam buka?", ANI)
        await shop.say("jam buka?", "6281200000003")
        assert shop.replies == ["Kami buka kak."] * 2


async def test_who_waited_for_the_history_as_the_process_ended_waits_for_it_after_the_restart(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES) as shop:
        await hear(shop, History(state="pending"))
        await shop.say("jam buka?", settle=False)
    async with stage(tmp_path, RULES) as shop:
        await hear(shop, History((past(BUDI),)))
        await hear(shop, History(state="done"))
        await shop.settle()
        assert shop.replies == ["Kami buka kak."]
    async with stage(tmp_path, RULES) as shop:  # it is in: nobody waits any more
        assert not any("still expected" in note for note in shop.told.notes)
        await shop.say("jam buka?", ANI)
        assert shop.replies == ["Selamat datang kak."]


async def test_a_history_on_the_disk_is_waited_for_before_anything_is_decided(tmp_path: Path) -> None:
    store = open_store(tmp_path / "data", "warung")
    await store.journal([Message("A0", BUDI, "jam buka?", phone=BUDI, sent_at=START)], START)
    await store.close()
    (tmp_path / "data" / "history").mkdir()
    (tmp_path / "data" / "history" / "000001.sync").write_bytes(b"")
    async with stage(tmp_path, RULES) as shop:
        await hear(shop, History((past(BUDI),), state="pending"))
        await hear(shop, History(state="done"))
        await shop.settle()
        assert shop.replies == ["Kami buka kak."]


async def test_the_limit_since_the_pairing_holds_across_a_restart(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES) as shop:
        await hear(shop, History(state="pending"))
        await shop.store.imports.expect(START - 1)  # as it stands a minute later
        await shop.say("jam buka?", settle=False)
    async with stage(tmp_path, RULES) as shop:
        await shop.settle()
        assert shop.replies == ["Selamat datang kak."]
