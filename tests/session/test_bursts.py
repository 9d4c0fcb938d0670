"""Several messages in quick succession: each is decided, each rule answers once, and the replies wait for the last."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.session.stage import ANI, BUDI, JAM, START, stage
from tests.tenants import rules, write_tenant
from wabot.engine.bursts import burst_after, within
from wabot.engine.decide import Answer, Decision
from wabot.engine.load import load_tenant
from wabot.language.rule_set import Rule
from wabot.model.context import ALONE
from wabot.model.message import Message

HARGA = "  - {id: harga, trigger: {type: keyword, keywords: [harga]}, response: Mulai 10 ribu kak.}\n"
LEBIH = "".join(
    f"  - {{id: r{n}, trigger: {{type: keyword, match: exact, keywords: [kata {n}]}}, response: jawab {n}}}\n"
    for n in range(6)
)


async def test_a_burst_is_answered_once_by_each_rule_in_order(tmp_path: Path) -> None:
    async with stage(tmp_path, JAM + HARGA, hurry=False) as shop:
        shop.clock.runs.clear()
        for text in ("kak", "jam buka?", "harga berapa", "jam buka berapa", "harga?"):
            await shop.say(text, settle=False)
        await shop.session_decided(5)
        shop.clock.runs.set()
        await shop.settle()
        assert shop.replies == ["Kami buka kak.", "Mulai 10 ribu kak."]
        assert sorted(shop.told.reasons) == ["no_match", "same_burst", "same_burst"]


async def test_at_most_three_rules_answer_a_burst(tmp_path: Path) -> None:
    async with stage(tmp_path, LEBIH, hurry=False) as shop:
        shop.clock.runs.clear()
        for number in range(5):
            await shop.say(f"kata {number}", settle=False)
        await shop.say("kata 5", ANI, settle=False)
        await shop.session_decided(6)
        shop.clock.runs.set()
        await shop.settle()
        assert [text for chat, text in shop.channel.heard if chat == BUDI] == ["jawab 0", "jawab 1", "jawab 2"]
        assert (ANI, "jawab 5") in shop.channel.heard


async def test_replies_wait_until_the_customer_has_stopped_writing(tmp_path: Path) -> None:
    async with stage(tmp_path, JAM, hurry=False, debounce="10s", delay="1s") as shop:
        shop.session._connected.clear()
        await shop.say("jam buka?", settle=False)
        await shop.session_decided(1)
        shop.later(9_000)
        await shop.say("ya kak", settle=False)
        await shop.session_decided(2)
        [row] = await shop.store.queued()
        assert row.due >= START + 19_000
        shop.session._connected.set()
        await shop.settle()
        assert shop.replies == ["Kami buka kak."]
        assert shop.clock.now() >= START + 19_000


async def test_after_the_burst_the_same_rule_answers_again_also_over_a_restart(tmp_path: Path) -> None:
    async with stage(tmp_path, JAM, hurry=False) as shop:
        await shop.say("jam buka?")
        shop.later(2_000)
        at = shop.clock.now()
    async with stage(tmp_path, JAM, hurry=False) as shop:
        shop.clock.set(at)
        await shop.say("jam buka?", id="B1")
        assert shop.replies == ["Kami buka kak."]
        before = await shop.store.context(Message("X", BUDI, phone=BUDI), at)
        assert before.conversation.burst.rules == ("jam-buka",)


async def test_no_debounce_makes_every_message_a_question_of_its_own(tmp_path: Path) -> None:
    async with stage(tmp_path, JAM, hurry=False, debounce="0s", delay="0s") as shop:
        shop.clock.runs.clear()
        await shop.say("jam buka?", settle=False)
        await shop.say("jam buka?", settle=False)
        await shop.session_decided(2)
        shop.clock.runs.set()
        await shop.settle()
        assert shop.replies == ["Kami buka kak."] * 2


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Rule, ...]:
    folder = write_tenant(tmp_path_factory.mktemp("rules") / "warung", rules(LEBIH))
    loaded = load_tenant(folder)
    assert loaded.rule_set is not None
    return loaded.rule_set.rules


@given(data=st.data())
def test_whatever_is_said_no_burst_has_more_than_three_answers_or_one_rule_twice_and_each_ends(
    made: tuple[Rule, ...], data: Any
) -> None:
    burst, now = ALONE, START
    told: list[str] = []
    for _ in range(data.draw(st.integers(1, 30))):
        now += data.draw(st.integers(0, 3_000))
        told = told if now < burst.until else []
        chosen = data.draw(st.lists(st.sampled_from(made), max_size=3, unique_by=lambda rule: rule.id))
        decision = Decision(tuple(Answer(rule, "x") for rule in chosen), "answered" if chosen else "no_match")
        left = within(burst, decision, now)
        told += [answer.rule.id for answer in left.answers]
        assert len(told) <= 3
        assert len(set(told)) == len(told)
        after = burst_after(burst, left, now, 2_000)
        assert after is not None
        assert now < after.until <= min(now, after.since + 18_000) + 2_000
        burst = after
