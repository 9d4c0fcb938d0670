"""One customer who writes under two names, LID and number, in the same instant: their messages are decided one after
the other, as soon as the names are known to be one."""

import asyncio
from pathlib import Path
from typing import Any

from tests.session.stage import BUDI, Stage, stage
from wabot.model.message import Message
from wabot.session.queues import Queues

LID = "99000000000001"
LIMITED = (
    "  - {id: jam-buka, trigger: {type: keyword, keywords: [jam buka]}, cooldown: 10m, response: Kami buka kak.}\n"
    "  - {id: harga, trigger: {type: keyword, keywords: [harga]}, response: Mulai 15 ribu.}\n"
)
BY_LID: dict[str, Any] = {"chat": LID, "lid": LID, "phone": ""}
BY_NUMBER: dict[str, Any] = {"chat": BUDI, "lid": "", "phone": BUDI}
BOTH: dict[str, Any] = {"chat": LID, "lid": LID, "phone": BUDI}


async def at_once(shop: Stage, *messages: tuple[str, dict[str, Any]]) -> None:
    await asyncio.gather(*(shop.say(text, settle=False, **names) for text, names in messages))
    await shop.settle()


async def test_names_that_a_message_has_joined_before_are_one_customer_at_once(tmp_path: Path) -> None:
    async with stage(tmp_path, LIMITED) as shop:
        await shop.say("harga", **BOTH)
        await at_once(shop, ("jam buka?", BY_LID), ("jam buka?", BY_NUMBER))
        assert shop.replies == ["Mulai 15 ribu.", "Kami buka kak."]
        assert shop.told.reasons == ["cooldown"]


async def test_names_that_the_store_has_joined_are_one_customer_after_a_restart(tmp_path: Path) -> None:
    async with stage(tmp_path, LIMITED) as shop:
        await shop.say("harga", **BOTH)
    async with stage(tmp_path, LIMITED) as shop:
        shop.count = 10
        await at_once(shop, ("jam buka?", BY_NUMBER), ("jam buka?", BY_LID))
        assert shop.replies == ["Kami buka kak."]
        assert shop.told.reasons == ["cooldown"]


async def test_a_message_that_bears_both_names_waits_for_those_under_either_and_those_after_it_for_it(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path, LIMITED) as shop:
        await at_once(
            shop,
            ("harga", BY_LID),
            ("harga", BY_NUMBER),
            ("jam buka?", BOTH),
            ("jam buka?", BY_NUMBER),
            ("jam buka?", BY_LID),
        )
        assert shop.replies.count("Kami buka kak.") == 1
        assert shop.told.reasons == ["cooldown", "cooldown"]
        assert (await shop.store.summary()).contacts == 1
        order = await shop.store._run(
            lambda: [row["message_id"] for row in shop.store._ask("why_newest", chat="")],
        )
        assert order == ["A5", "A4", "A3", "A2", "A1"]


def test_what_the_shop_writes_itself_and_what_is_said_in_groups_joins_no_names() -> None:
    queues = Queues()
    own = Message("A1", BUDI, phone="6281100000000", from_me=True)
    group = Message("A2", "GRUP", lid=LID, phone=BUDI, chat_kind="group")
    for message in (own, group, Message("A3", LID, lid=LID), Message("A4", "6281100000000", phone="6281100000000")):
        assert queues.add(message) is not None, "a queue of its own"
    assert queues.add(Message("A5", BUDI, phone=BUDI)) is None, "that of the shop's own message in the chat"


def test_messages_of_joined_queues_keep_the_order_in_which_they_came() -> None:
    queues = Queues()
    one = queues.add(Message("A1", LID, lid=LID))
    other = queues.add(Message("A2", BUDI, phone=BUDI))
    assert one is not None
    assert other is not None
    for number, names in ((3, BY_NUMBER), (4, BY_LID), (5, BY_NUMBER), (6, BOTH), (7, BY_NUMBER)):
        assert queues.add(Message(f"A{number}", **names)) is None
    assert [message.id for message in one.others()] == ["A3", "A4", "A5", "A6", "A7"]
    assert (one.before, other.first.id) == ([other], "A2")
    assert [message.id for message in other.others()] == ["A1", "A3", "A4", "A5", "A6", "A7"]
    other.done()
    assert not other
    queues.end(other)
    assert queues, "the other queue goes on"
