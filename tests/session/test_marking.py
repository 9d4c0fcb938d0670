"""Blue ticks: which messages the bot shows as read, by the tenant's setting."""

from pathlib import Path

import pytest

from tests.session.stage import BUDI, JAM, REFUSED, Stage, stage
from wabot.model.encoding import as_json
from wabot.session.marking import LEFT_ALONE

RULES = JAM + "  - {id: cs, trigger: {type: keyword, keywords: [admin]}, response: {type: forward_to_cs}}\n"
GATES = "answered same_burst no_match cooldown daily_cap condition:hours contact_daily_cap".split()


async def marked(shop: Stage) -> list[str]:
    assert shop.session.marking is not None
    await shop.session.marking.settled()
    return shop.channel.marked


async def say_all(shop: Stage) -> None:
    await shop.say("jam buka?", id="answered")
    await shop.say("apa saja", id="nothing-matches")
    await shop.say("bisa bicara sama admin?", id="a-person-must")
    await shop.say("ok", type="reaction", about="answered", id="reaction")
    await shop.say("jam buka?", chat_kind="group", id="group")
    await shop.say("jam buka?", chat_kind="status", id="status")


@pytest.mark.parametrize(
    ("setting", "blue"),
    [
        ({}, []),
        ({"mark_read": "never"}, []),
        ({"mark_read": "answered"}, ["answered"]),
        ({"mark_read": "always"}, ["answered", "nothing-matches", "a-person-must"]),
        ({"mark_read": "always", "dry_run": True}, []),
        ({"mark_read": "answered", "dry_run": True}, []),
        ({"mark_read": "always", "enabled": False}, []),
        ({"mark_read": "always", "except": [BUDI]}, []),
    ],
)
async def test_messages_turn_blue_as_the_tenant_says(tmp_path: Path, setting: dict[str, str], blue: list[str]) -> None:
    async with stage(tmp_path, RULES, tenant={"auto_reply": as_json(setting)}) as shop:
        await say_all(shop)
        assert await marked(shop) == blue


async def test_what_a_person_answers_on_the_phone_is_theirs_to_read(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, mark_read="always") as shop:
        await shop.say("saya sendiri ya", from_me=True)
        await shop.say("jam buka?", id="handled-by-person")
        assert await marked(shop) == []


async def test_a_reply_that_did_not_go_out_leaves_its_question_unread(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, mark_read="answered") as shop:
        shop.channel.next_error = [REFUSED]
        await shop.say("jam buka?", id="A")
        assert await marked(shop) == []


async def test_all_pieces_of_a_question_turn_blue_with_its_answer(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, hurry=False, mark_read="answered", debounce="5s", delay="0s") as shop:
        shop.clock.runs.clear()
        await shop.say("jam buka?", id="A", settle=False)
        await shop.say("jam buka kak?", id="B", settle=False)
        await shop.session_decided(2)
        shop.clock.runs.set()
        await shop.settle()
        assert sorted(await marked(shop)) == ["A", "B"]


async def test_an_earlier_question_that_waits_for_a_person_stays_unread(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, mark_read="answered") as shop:
        await shop.say("ada admin?", id="A")
        await shop.say("jam buka?", id="B")
        assert (len(shop.replies), await marked(shop)) == (2, [])


def test_whatever_rules_were_asked_about_may_turn_blue() -> None:
    assert not LEFT_ALONE & set(GATES)
