"""After an outage: everything is kept, a chat's newest message may be answered, and a person looks at the rest."""

import asyncio
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.blank import lay
from tests.session.stage import ANI, BUDI, START, Stage, stage
from wabot.model.message import Message
from wabot.store.sqlite import open_store

MINUTE = 60_000
RULES = "".join(
    f"  - {{id: r{n}, trigger: {{type: keyword, match: exact, keywords: [kata {n}]}}, response: jawab {n}}}\n"
    for n in range(8)
)


async def status(shop: Stage, customer: str = BUDI) -> str:
    return (await shop.store.context(Message("X", customer, phone=customer), START)).conversation.status


async def test_of_a_chats_backlog_only_the_newest_young_message_is_answered(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES) as shop:
        shop.clock.runs.clear()
        for number, minutes in enumerate([30, 11, 9, 5, 2]):
            await shop.say(f"kata {number}", sent_at=START - minutes * MINUTE, settle=False)
        await shop.say("kata 7", ANI, sent_at=START - 3 * MINUTE, settle=False)
        shop.clock.runs.set()
        await shop.settle()
        assert sorted(shop.channel.heard) == [(BUDI, "jawab 4"), (ANI, "jawab 7")]
        assert shop.told.reasons == ["stale", "stale", "superseded", "superseded"]
        assert (await status(shop), await status(shop, ANI)) == ("pending", "active")
        assert (await shop.store.summary()).received == 6


async def test_messages_that_come_one_after_the_other_in_a_stream_are_seen_as_one_backlog(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES) as shop:
        shop.clock.runs.clear()
        for number in range(4):
            await shop.say(f"kata {number}", sent_at=START - (9 - number) * MINUTE, settle=False)
        shop.clock.runs.set()
        await shop.settle()
        assert shop.replies == ["jawab 3"]


async def test_a_busy_moment_is_no_backlog(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES) as shop:
        for number in range(3):
            await shop.say(f"kata {number}", sent_at=START - MINUTE, settle=False)
        await shop.settle()
        assert shop.replies == ["jawab 0", "jawab 1", "jawab 2"]
        assert await status(shop) == "active"


async def test_what_a_person_answered_during_the_outage_is_not_answered_again(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES) as shop:
        shop.clock.runs.clear()
        await shop.say("kata 1", sent_at=START - 5 * MINUTE, settle=False)
        await shop.say("Saya jawab ya", from_me=True, sent_at=START - 4 * MINUTE, settle=False)
        shop.clock.runs.set()
        await shop.settle()
        assert (shop.replies, shop.told.reasons) == ([], ["superseded", "from_me"])
        assert await status(shop) == "active"


async def test_a_reaction_supersedes_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES) as shop:
        shop.clock.runs.clear()
        await shop.say("kata 1", sent_at=START - 5 * MINUTE, settle=False)
        await shop.say("", type="reaction", sent_at=START - 4 * MINUTE, settle=False)
        shop.clock.runs.set()
        await shop.settle()
        assert shop.replies == ["jawab 1"]


async def test_a_chat_that_waits_because_of_a_backlog_may_still_ask_for_a_person(tmp_path: Path) -> None:
    rule = (
        "  - {id: cs, trigger: {type: keyword, keywords: [cs]}, response: {type: forward_to_cs, message: Baik kak.}}\n"
    )
    async with stage(tmp_path, rule) as shop:
        await shop.say("halo", sent_at=START - 30 * MINUTE)
        await shop.say("cs dong")
        await shop.say("cs dong!")
        assert shop.replies == ["Baik kak."]


@settings(max_examples=15, deadline=None)
@given(
    ages=st.lists(st.integers(61, 900).filter(lambda age: not 590 <= age <= 610), min_size=1, max_size=6).map(
        lambda ages: sorted(ages, reverse=True)
    ),
    begun=st.integers(0, 1),
)
def test_a_backlog_that_a_killed_process_left_is_dealt_with_the_same_way(ages: list[int], begun: int) -> None:
    async def play(place: Path) -> None:
        store = open_store(lay(place / "data"), "warung")
        said = [
            Message(f"Z{n}", BUDI, f"kata {n}", phone=BUDI, sent_at=START - age * 1_000) for n, age in enumerate(ages)
        ]
        for message in said:
            await store.journal([message], START)
        for _ in range(begun):
            await store.begin(said[0], START)
        await store.close()
        async with stage(place, RULES) as shop:
            await shop.settle()
            newest = [f"jawab {len(ages) - 1}"] if ages[-1] <= 600 else []
            assert shop.replies == newest
            assert (await shop.store.summary()).received == len(ages)

    with tempfile.TemporaryDirectory() as place:
        asyncio.run(play(Path(place)))
