"""Messages at a time: a rule's follow-up and a person's reminder, and all that keeps them from being sent."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.analytics.counted import counted, day_of
from tests.session.stage import ANI, BUDI, START, Stage, StageClock, stage
from wabot.model.context import Usage
from wabot.model.message import Message
from wabot.model.stored import StoredFollowUp
from wabot.model.turn import NewFollowUp
from wabot.session import follow_ups as module
from wabot.store.sqlite import erase, pause_chat, pause_tenant, reading, remind
from wabot.store.sqlite.following import add_follow_up
from wabot.store.sqlite.operating import writing

HOUR = 3_600_000
HARGA = """\
  - id: harga
    trigger: {type: keyword, keywords: [harga]}
    response: Rp 15.000 kak.
    follow_up: {after: 2h, message: "Jadi pesan kak? Sekarang {{ now | jam }}."}
"""
ASKED = "Jadi pesan kak? Sekarang 12.00."


def told(place: Path) -> list[tuple[str, str]]:
    with reading(place / "data", "warung") as store:
        return [(item.status, item.why) for item in store.follow_ups(0)]


def kept(place: Path) -> list[StoredFollowUp]:
    with reading(place / "data", "warung") as store:
        return store.follow_ups(0)


def by_hand(place: Path, text: str = "Ingat ya kak.", due: int = START + HOUR, chat: str = BUDI) -> None:
    reminder = NewFollowUp(f"R{due}", chat, text, "", due)
    assert remind(place / "data", "warung", reminder, START, lambda _context: None, replace=True) is None


async def test_a_follow_up_goes_out_at_its_time_and_says_what_is_true_then(tmp_path: Path) -> None:
    async with stage(tmp_path, HARGA) as shop:
        await shop.say("harga?")
        await shop.pass_time(2 * HOUR - 1)
        assert shop.replies == ["Rp 15.000 kak."]
        await shop.pass_time(HOUR)
        assert shop.channel.heard[1:] == [(BUDI, ASKED)]
        assert told(tmp_path) == [("sent", "")]
        await shop.pass_time(24 * HOUR)
        assert len(shop.replies) == 2


@pytest.mark.parametrize(
    ("text", "more", "why"),
    [
        ("oke", {}, "replied"),
        ("hai", {"from_me": True}, "handled_by_person"),
        ("harga?", {"from_me": False}, "replied"),
    ],
)
async def test_whoever_writes_meanwhile_ends_it(tmp_path: Path, text: str, more: dict[str, Any], why: str) -> None:
    async with stage(tmp_path, HARGA) as shop:
        await shop.say("harga?")
        await shop.pass_time(HOUR)
        await shop.say(text, **more)
        assert [reason for status, reason in told(tmp_path) if status == "cancelled"] == [why]
        await shop.pass_time(90 * 60_000)
        assert ASKED not in shop.replies


async def test_a_clock_that_is_set_back_neither_keeps_an_old_promise_nor_stops_a_new_one(tmp_path: Path) -> None:
    async with stage(tmp_path, HARGA) as shop:
        shop.later(HOUR)
        await shop.say("harga?")
        shop.clock._now = START
        await shop.say("harga?")
        assert [(item.status, item.due) for item in kept(tmp_path)] == [
            ("pending", START + 2 * HOUR),
            ("cancelled", START + 3 * HOUR),
        ]


async def test_pieces_of_one_question_do_not_end_what_the_first_was_promised(tmp_path: Path) -> None:
    async with stage(tmp_path, HARGA, hurry=False) as shop:
        shop.clock.runs.clear()  # the reply waits meanwhile
        await shop.say("harga?", settle=False)
        await shop.session_decided(1)
        shop.later(1_000)
        await shop.say("kak", settle=False)
        await shop.say("harganya berapa", settle=False)  # answered already, in this burst
        await shop.session_decided(3)
        assert told(tmp_path) == [("pending", "")]
        shop.clock.runs.set()
        await shop.settle()
        shop.later(60_000)
        await shop.say("oke")
        assert told(tmp_path) == [("cancelled", "replied")]


async def test_a_newer_question_moves_the_follow_up(tmp_path: Path) -> None:
    async with stage(tmp_path, HARGA) as shop:
        await shop.say("harga?")
        await shop.pass_time(HOUR)
        await shop.say("harga?")
        await shop.pass_time(3 * HOUR)
        assert shop.replies[2:] == ["Jadi pesan kak? Sekarang 13.00."]


async def test_a_follow_up_counts_as_a_rules_message_and_answers_nobody(tmp_path: Path) -> None:
    async with stage(tmp_path, HARGA) as shop:
        await shop.say("harga?")
        await shop.pass_time(3 * HOUR)
        tables = counted(tmp_path / "data", shop.clock.now())
    day = day_of(tables, "2026-01-28")
    assert (day["messages_auto_reply"], day["questions"], day["rule_responses"]) == (2, 1, 1)
    assert [row["rule_answers"] for row in tables["analytics_episodes"]] == [1]


async def test_a_question_that_no_rule_knew_is_open_after_the_follow_up_of_the_one_before(tmp_path: Path) -> None:
    async with stage(tmp_path, HARGA) as shop:
        await shop.say("halo")
        with writing(tmp_path / "data", "warung") as ask:
            id = ask("conversation_of_chat", chat=BUDI).fetchone()["id"]
            add_follow_up(ask, NewFollowUp("F1", BUDI, "Masih di sana kak?", "harga", START + HOUR), id, START, "")
        await shop.pass_time(2 * HOUR)
        day = day_of(counted(tmp_path / "data", shop.clock.now()), "2026-01-28")
        assert (day["messages_auto_reply"], day["questions"], day.get("rule_responses", 0)) == (1, 1, 0)
        assert day.get("bot_only_conversations", 0) == 0
        await shop.say("Ada kak?", from_me=True)
        day = day_of(counted(tmp_path / "data", shop.clock.now()), "2026-01-28")
        assert (day["person_responses"], day["person_response_millis"]) == (1, 2 * HOUR)


async def test_a_follow_up_counts_for_the_days_limit_and_is_held_back_by_it(tmp_path: Path) -> None:
    async with stage(tmp_path, HARGA, max_per_contact_per_day="2") as shop:
        await shop.say("harga?")
        await shop.pass_time(3 * HOUR)
        await shop.say("harga?")
        assert (shop.replies[1:], shop.told.reasons) == ([ASKED], ["contact_daily_cap"])
        await shop.say("harga?", ANI)
        await shop.say("harga?", ANI)
        await shop.pass_time(3 * HOUR)
        assert ("cancelled", "contact_daily_cap") in told(tmp_path)


async def test_the_days_limit_is_that_of_the_day_on_which_it_is_sent(tmp_path: Path) -> None:
    async with stage(tmp_path, HARGA, max_per_contact_per_day="1") as shop:
        shop.later(13 * HOUR)  # 23:00
        await shop.say("harga?")
        await shop.pass_time(2 * HOUR)
        assert shop.replies[1:] == ["Jadi pesan kak? Sekarang 01.00."]
        await shop.say("harga?")
        assert shop.told.reasons == ["contact_daily_cap"]


async def test_a_paused_chat_drops_a_rules_follow_up_but_not_a_persons_reminder(tmp_path: Path) -> None:
    async with stage(tmp_path, HARGA) as shop:
        await shop.say("harga?")
        await shop.say("halo", ANI)
        by_hand(tmp_path, chat=ANI)
        for chat in (BUDI, ANI):
            pause_chat(tmp_path / "data", "warung", chat, START + 5 * HOUR, START)
        await shop.pass_time(3 * HOUR)
        assert shop.channel.heard[1:] == [(ANI, "Ingat ya kak.")]
        assert ("cancelled", "handled_by_person") in told(tmp_path)


async def test_a_paused_tenant_holds_all_back_until_it_is_resumed_or_too_late(tmp_path: Path) -> None:
    async with stage(tmp_path, HARGA) as shop:
        await shop.say("harga?")
        pause_tenant(tmp_path / "data", "warung", START + 10 * HOUR)
        await shop.pass_time(2 * HOUR + 60_000)
        assert told(tmp_path) == [("pending", "")]
        pause_tenant(tmp_path / "data", "warung", None)
        await shop.pass_time(60_000)
        assert shop.replies[1:] == [ASKED]
        await shop.say("harga?")
        pause_tenant(tmp_path / "data", "warung", START + 24 * HOUR)
        await shop.pass_time(2 * HOUR)
        shop.later(HOUR + 1)
        await shop.pass_time(1)
        assert told(tmp_path)[0] == ("cancelled", "missed")


@pytest.mark.parametrize(("late", "said"), [(HOUR, ["Ingat ya kak."]), (HOUR + 1, [])])
async def test_what_fell_due_while_the_process_was_down_is_sent_an_hour_late_at_most(
    tmp_path: Path, late: int, said: list[str]
) -> None:
    async with stage(tmp_path, HARGA) as shop:
        await shop.say("halo")
        by_hand(tmp_path)
    async with stage(tmp_path, HARGA) as shop:
        shop.clock.set(START + HOUR + late)
        await shop.pass_time(0)
        assert shop.replies == said
        assert told(tmp_path) == [("sent", "") if said else ("cancelled", "missed")]


async def test_a_rule_that_is_gone_by_then_says_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path, HARGA) as shop:
        await shop.say("harga?")
    async with stage(tmp_path, HARGA.replace("harga\n", "harga-lain\n")) as shop:
        shop.clock.set(START + 2 * HOUR)
        await shop.pass_time(0)
        assert (shop.replies, told(tmp_path)) == ([], [("cancelled", "rule_gone")])


async def test_a_customer_who_writes_while_it_waits_for_the_line_does_not_get_it(tmp_path: Path) -> None:
    async with stage(tmp_path, HARGA) as shop:
        await shop.say("harga?")
        shop.session._connected.clear()
        shop.clock.set(START + 2 * HOUR)
        assert shop.session._follow_ups is not None
        await shop.session._follow_ups.look()
        assert told(tmp_path) == [("queued", "")]
        await shop.say("tidak jadi", settle=False)
        await shop.session_decided(2)
        shop.session._connected.set()
        await shop.settle()
        assert (shop.replies, told(tmp_path)) == (["Rp 15.000 kak."], [("failed", "replied")])


async def test_a_message_that_comes_in_just_after_the_line_is_up_ends_what_fell_due_meanwhile(tmp_path: Path) -> None:
    async with stage(tmp_path, HARGA) as shop:
        await shop.say("harga?")
        shop.session._connected.clear()
        shop.clock.set(START + 2 * HOUR)
        assert shop.session._follow_ups is not None
        loop = asyncio.create_task(shop.session._follow_ups.run())
        await asyncio.sleep(0)
        shop.session._connected.set()
        await asyncio.sleep(0.1)  # WhatsApp hands over what was written meanwhile
        await shop.say("tidak jadi")
        assert (shop.replies, told(tmp_path)) == (["Rp 15.000 kak."], [("cancelled", "replied")])
        loop.cancel()


async def test_what_falls_due_while_the_customers_words_are_not_decided_yet_waits_for_them(tmp_path: Path) -> None:
    async with stage(tmp_path, HARGA) as shop:
        await shop.say("harga?")
        shop.clock.set(START + 2 * HOUR)
        words = Message("U1", BUDI, "tidak jadi", phone=BUDI, sent_at=START + 2 * HOUR)
        await shop.store.journal([words], START + 2 * HOUR)
        await shop.pass_time(0)
        assert told(tmp_path) == [("pending", "")]
    async with stage(tmp_path, HARGA) as shop:
        shop.clock.set(START + 2 * HOUR)
        await shop.settle()
        await shop.pass_time(0)
        assert (shop.replies, told(tmp_path)) == ([], [("cancelled", "replied")])


async def test_a_rule_waits_behind_a_persons_reminder(tmp_path: Path) -> None:
    async with stage(tmp_path, HARGA) as shop:
        await shop.say("halo")
        by_hand(tmp_path)
        await shop.say("harga?")
        await shop.pass_time(3 * HOUR)
        assert shop.replies == ["Rp 15.000 kak.", "Ingat ya kak."]
        assert ("cancelled", "reminder_pending") in told(tmp_path)


async def test_two_names_of_one_customer_have_one_follow_up(tmp_path: Path) -> None:
    async with stage(tmp_path, HARGA) as shop:
        await shop.say("harga?")
        await shop.say("harga?", "7001", phone="", lid="7001")
        await shop.say("halo", "7001", phone=BUDI, lid="7001")
        assert sorted(told(tmp_path)) == [("cancelled", "another_is_pending"), ("cancelled", "replied")]


async def test_a_follow_up_whose_text_fails_leaves_the_reply_alone_and_says_so(tmp_path: Path) -> None:
    async with stage(tmp_path, HARGA.replace("{{ now | jam }}", "{{ 1 // 0 }}")) as shop:
        await shop.say("harga?")
        assert shop.replies == ["Rp 15.000 kak."]
        assert [note for note in shop.told.notes if "text failed" in note]
        assert told(tmp_path) == []


async def test_a_process_that_dies_as_it_is_handed_over_leaves_one_reply_that_goes_out_once(tmp_path: Path) -> None:
    async with stage(tmp_path, HARGA) as shop:
        await shop.say("harga?")
        [item] = kept(tmp_path)
        used = Usage(item.due, "2026-01-28", 2)
        first = await shop.store.follow_ups.hand_over(item, item.due, lambda _context: None, lambda _context: used)
        again = await shop.store.follow_ups.hand_over(item, item.due, lambda _context: None, lambda _context: used)
        assert (first.outbound is None, again.outbound is None) == (False, True)
        # Here the process dies: its sender never heard of it.
    async with stage(tmp_path, HARGA) as shop:
        shop.clock.set(item.due)
        await shop.settle()
        await shop.pass_time(HOUR)
        assert (shop.replies, told(tmp_path)) == ([ASKED], [("sent", "")])


async def test_a_pending_follow_up_survives_a_restart_and_is_the_same(tmp_path: Path) -> None:
    async with stage(tmp_path, HARGA) as shop:
        await shop.say("harga?")
        before = kept(tmp_path)
    async with stage(tmp_path, HARGA) as again:
        assert kept(tmp_path) == before
        await waits(again)


async def waits(shop: Stage) -> None:
    shop.clock.set(START + 2 * HOUR - 1)
    await shop.pass_time(1)
    assert shop.replies == [ASKED]


class Jumping(StageClock):
    """A machine's clock that is set, also back."""

    def set(self, at: int) -> None:
        self._now = at


async def until(happened: Callable[[], bool]) -> None:
    while not happened():
        await asyncio.sleep(0.01)


async def test_the_loop_wakes_for_a_turn_and_notices_a_clock_that_jumps_on_or_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(tmp_path, HARGA) as shop:
        clock, at_times = Jumping(), shop.session._follow_ups
        assert at_times is not None
        clock.set(START)
        shop.clock = at_times._clock = clock
        loop = asyncio.create_task(at_times.run())
        await shop.say("harga?")
        clock.set(START + HOUR)  # summer time
        await asyncio.sleep(0.05)
        assert len(shop.replies) == 1
        monkeypatch.setattr(module, "_LOOK", 0.01)
        at_times.wake()
        clock.set(START + 2 * HOUR)
        await until(lambda: shop.replies[1:] == [ASKED])
        clock.set(START)  # and back: what went out does not go out again
        await asyncio.sleep(0.05)
        assert len(shop.replies) == 2
        loop.cancel()


async def test_a_follow_up_that_cannot_be_judged_costs_no_other_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(tmp_path, HARGA) as shop:
        await shop.say("harga?")
        await shop.say("harga?", ANI)
        seen: list[int] = []

        def fails_once(*_asked: object) -> str | None:
            seen.append(1)
            if len(seen) == 1:
                raise RuntimeError("a bug")
            return None

        monkeypatch.setattr("wabot.engine.follow_ups.refusal", fails_once)
        await shop.pass_time(2 * HOUR)
        assert shop.replies[2:] == [ASKED]
        assert sorted(told(tmp_path)) == [("cancelled", "failed"), ("sent", "")]


async def test_a_customer_who_is_forgotten_takes_the_follow_up_along(tmp_path: Path) -> None:
    async with stage(tmp_path, HARGA) as shop:
        await shop.say("harga?")
        await shop.say("halo", ANI)
        by_hand(tmp_path, f"Titip salam untuk {BUDI}", chat=ANI)
        erase(tmp_path / "data", "warung", BUDI)
        assert [(item.chat, item.text) for item in kept(tmp_path)] == [(ANI, "Titip salam untuk [forgotten]")]
        await shop.pass_time(3 * HOUR)
        assert shop.replies == ["Rp 15.000 kak.", "Titip salam untuk [forgotten]"]
