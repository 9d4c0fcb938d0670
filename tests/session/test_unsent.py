"""Replies that failed for good: the customer heard nothing, so a person must hear of it."""

from pathlib import Path

import pytest

from tests.session.stage import ANI, BUDI, REFUSED, stage
from wabot.model.errors import ChannelError, CustomerGone, SendRefused
from wabot.model.turn import Outbound
from wabot.session.permission import RETRIES
from wabot.store.sqlite import read_alerts, reading

GONE = SendRefused("the file menu.jpg is not there (any more): there is nothing to send.")


def chats(place: Path) -> dict[str, str]:
    with reading(place / "data", "warung") as store:
        return {one.chat: one.status for one in store.conversations()}


def told(place: Path) -> list[tuple[str, int]]:
    return [(one.text, one.count) for one in read_alerts(place / "data", "warung", 0) if one.kind == "unsent"]


async def test_the_chat_waits_for_a_person_and_one_alert_tells_of_all_chats_that_it_befell(tmp_path: Path) -> None:
    async with stage(tmp_path) as shop:
        shop.channel.next_error = [GONE, GONE, REFUSED]
        await shop.say("jam buka", BUDI)
        await shop.say("jam buka", ANI)
        assert chats(tmp_path) == {BUDI: "pending", ANI: "pending"}
        await shop.say("jam buka lagi", ANI)
    assert sorted(count for _, count in told(tmp_path)) == [1, 2]
    text = next(text for text, count in told(tmp_path) if count == 2)
    assert text.startswith("A reply of the rule jam-buka could not be sent: the file menu.jpg is not there (any more)")
    assert not any(BUDI in text or ANI in text for text, _ in told(tmp_path))


async def test_a_reply_that_is_given_up_after_many_attempts_is_told_as_well(tmp_path: Path) -> None:
    async with stage(tmp_path) as shop:
        shop.channel.next_error = [ChannelError("the file could not be uploaded.")] * RETRIES
        await shop.say("jam buka")
    assert chats(tmp_path) == {BUDI: "pending"}
    assert [count for _, count in told(tmp_path)] == [1]


async def test_of_a_customer_whom_nobody_can_reach_no_person_is_told(tmp_path: Path) -> None:
    async with stage(tmp_path) as shop:
        shop.channel.next_error = [CustomerGone("WhatsApp refused the message (no LID found).")]
        await shop.say("jam buka")
    assert chats(tmp_path)[BUDI] != "pending"
    assert told(tmp_path) == []


async def test_a_process_that_dies_in_between_leaves_a_chat_that_a_person_sees(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(tmp_path) as shop:
        seen = []
        finish = shop.store.finish

        async def look(outbound: Outbound, status: str, at: int, error: str = "") -> None:
            seen.append(chats(tmp_path))
            await finish(outbound, status, at, error)

        monkeypatch.setattr(shop.store, "finish", look)
        shop.channel.next_error = [GONE]
        await shop.say("jam buka")
    assert seen == [{BUDI: "pending"}]
