"""What goes wrong around a send in ways that nobody has thought of: the chat goes on, and nothing goes out twice."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.session.stage import BUDI, stage
from wabot.model.turn import Claim, Outbound
from wabot.store.sqlite import erase, stored_about


async def test_a_bug_before_a_send_costs_time_and_no_reply_of_the_chat(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(tmp_path) as shop:
        claim, bugs = shop.store.claim, iter((True, True))

        async def claims(*given: Any) -> Claim:
            if next(bugs, False):
                raise RuntimeError("boom")
            return await claim(*given)

        monkeypatch.setattr(shop.store, "claim", claims)
        await shop.say("jam buka?")
        await shop.say("jam buka dong")
        assert shop.replies == ["Kami buka kak."] * 2
        assert sum("could not be dealt with" in note for note in shop.told.notes) == 2


async def test_a_reply_that_stumbles_each_time_is_given_up_and_the_chat_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(tmp_path) as shop:
        claim, first = shop.store.claim, list[str]()

        async def claims(outbound: Outbound, *given: Any) -> Claim:
            first.append(outbound.id)
            if outbound.id == first[0]:
                raise ValueError("a row that nobody has thought of")
            return await claim(outbound, *given)

        monkeypatch.setattr(shop.store, "claim", claims)
        await shop.say("jam buka?")
        await shop.say("jam buka dong")
        assert shop.replies == ["Kami buka kak."]
        assert (await shop.store.summary()).outbox == {"failed": 1, "sent": 1}


async def test_a_send_that_never_ends_is_unknown_after_its_lease_and_the_chat_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wabot.session.sender.LEASE", 0.1)
    async with stage(tmp_path) as shop:
        send, hangs = shop.channel.send, iter((True,))

        async def sends(outbound: Outbound) -> None:
            if next(hangs, False):
                await asyncio.Event().wait()
            await send(outbound)

        monkeypatch.setattr(shop.channel, "send", sends)
        await shop.say("jam buka?")
        await shop.say("jam buka dong")
        assert shop.replies == ["Kami buka kak."]
        assert (await shop.store.summary()).outbox == {"unknown": 1, "sent": 1}


async def test_who_is_forgotten_while_their_message_waits_in_memory_stays_forgotten(tmp_path: Path) -> None:
    async with stage(tmp_path) as shop:
        shop.clock.runs.clear()  # a message that was held up waits two seconds for a newer one
        await shop.say("jam buka?", settle=False, sent_at=shop.clock.now() - 120_000)
        await asyncio.sleep(0.05)
        await asyncio.to_thread(erase, tmp_path / "data", "warung", BUDI)
        shop.clock.runs.set()
        await shop.settle()
        assert not stored_about(tmp_path / "data", "warung", BUDI)
        assert shop.told.reasons == ["forgotten"]
        assert shop.channel.heard == []
