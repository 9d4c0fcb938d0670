"""Two machines that answer each other: the bot stops first, and a person is called."""

from pathlib import Path

from tests.session.stage import ANI, BUDI, JAM, START, Stage, stage
from wabot.model.context import Conversation
from wabot.model.message import Message

MINUTE = 60_000
MANY = "".join(
    f"  - {{id: r{n}, trigger: {{type: keyword, match: exact, keywords: [kata {n}]}}, response: jawab {n}}}\n"
    for n in range(20)
)
NOTE = "a chat is muted: two machines seem to answer each other"


async def chat_of(shop: Stage, customer: str = BUDI) -> Conversation:
    return (await shop.store.context(Message("X", customer, phone=customer), START)).conversation


async def test_more_than_eight_replies_in_two_minutes_mute_the_chat_and_call_a_person_once(tmp_path: Path) -> None:
    async with stage(tmp_path, MANY, max_per_minute="600") as shop:
        for number in range(12):
            await shop.say(f"kata {number}")
            shop.later(1_000)
        assert shop.replies == [f"jawab {number}" for number in range(9)]
        assert shop.told.reasons == ["loop_suspected"] * 3
        assert shop.told.notes.count(NOTE) == 1
        (alert,) = await shop.store.alerts.due(shop.clock.now(), 10)
        assert (alert.kind, alert.count, BUDI in alert.text) == ("loop", 1, False)
        chat = await chat_of(shop)
        assert (chat.status, chat.priority) == ("pending", "high")
        await shop.say("kata 1", ANI)
        assert shop.channel.heard[-1] == (ANI, "jawab 1")


async def test_nine_replies_over_more_than_two_minutes_are_a_conversation(tmp_path: Path) -> None:
    async with stage(tmp_path, MANY, max_per_minute="600") as shop:
        for number in range(20):
            await shop.say(f"kata {number}")
            shop.later(14_000)
        assert len(shop.replies) == 20


async def test_the_same_text_that_got_the_same_reply_three_times_in_two_minutes_is_not_answered_again(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path, JAM + MANY) as shop:
        for _ in range(4):
            await shop.say("jam buka?")
            shop.later(10_000)
        await shop.say("kata 1")
        assert (len(shop.replies), shop.told.reasons) == (3, ["loop_suspected"] * 2)
        assert (await chat_of(shop)).status == "pending"


async def test_the_same_text_at_leisure_is_answered_every_time(tmp_path: Path) -> None:
    async with stage(tmp_path) as shop:
        for _ in range(6):
            await shop.say("jam buka?")
            shop.later(MINUTE)
        assert len(shop.replies) == 6


async def test_it_ends_after_ten_minutes_of_the_customers_silence_also_over_a_restart(tmp_path: Path) -> None:
    async with stage(tmp_path) as shop:
        for _ in range(4):
            await shop.say("jam buka?")
        for _ in range(3):
            shop.later(9 * MINUTE)
            await shop.say("jam buka?")
        assert (len(shop.replies), len(shop.told.reasons)) == (3, 4)
        at = shop.clock.now()
    async with stage(tmp_path) as shop:
        shop.clock.set(at + 10 * MINUTE - 1)
        await shop.say("jam buka?", id="B1")
        assert shop.told.reasons == ["loop_suspected"]
        shop.later(10 * MINUTE)
        await shop.say("jam buka?", id="B2")
        assert len(shop.replies) == 1


async def test_it_ends_when_a_person_writes(tmp_path: Path) -> None:
    async with stage(tmp_path, tenant={"handoff": "{pause: 1s}"}) as shop:
        for _ in range(4):
            await shop.say("jam buka?")
        shop.later(1_000)
        await shop.say("Halo, saya Sari", from_me=True)
        shop.later(1_000)
        await shop.say("jam buka?")
        assert (len(shop.replies), shop.told.reasons[0]) == (4, "loop_suspected")
        assert (await chat_of(shop)).status == "active"
