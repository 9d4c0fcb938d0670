"""What every store must do, whichever database is behind it."""

import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.blank import lay
from tests.store.turns import CHAT, NOW, allowed, answered, message, silent
from wabot.model.context import Usage
from wabot.model.session import Reload, SessionState
from wabot.model.turn import Receipt, ReceiptStatus
from wabot.ports import Store
from wabot.store.sqlite import open_store


async def test_a_message_is_journalled_once_however_often_it_comes(store: Store) -> None:
    assert await store.journal([message(1)], NOW) == [True]
    assert await store.journal([message(1, text="lain")], NOW) == [False]
    assert await store.journal([message(1, chat="6281100000002")], NOW) == [True]
    first = await asyncio.gather(*(store.journal([message(2)], NOW) for _ in range(20)))
    assert first.count([True]) == 1


async def test_what_was_journalled_and_not_recorded_is_undecided_in_the_order_of_arrival(store: Store) -> None:
    for number in (3, 1, 2):
        await store.journal([message(number)], NOW)
    await store.record(silent(message(1)))
    assert [undecided.id for undecided in await store.undecided()] == ["A3", "A2"]
    assert (await store.undecided())[0] == message(3)


async def test_recording_a_turn_twice_changes_nothing_the_second_time(store: Store) -> None:
    await store.journal([message(1)], NOW)
    await store.record(answered(message(1)))
    before = await store.summary()
    await store.record(answered(message(1), text="lagi"))
    assert await store.summary() == before
    assert [row.text for row in await store.queued()] == ["Kami buka kak."]


async def test_the_context_counts_the_messages_before_this_one_and_what_was_used(store: Store) -> None:
    fresh = await store.context(message(1), NOW)
    assert (fresh.conversation.earlier_messages, fresh.conversation.last_contact, dict(fresh.usage)) == (0, None, {})
    assert fresh.contact.name == "Budi"
    await store.journal([message(1)], NOW)
    await store.record(answered(message(1), tags=frozenset({"tanya"}), priority="high"))
    later = await store.context(message(2, name=""), NOW + 5)
    assert later.conversation.earlier_messages == 1
    assert later.conversation.last_contact == NOW
    assert later.usage["jam-buka"] == Usage(NOW, "2026-01-28", 1)
    assert (later.conversation.tags, later.conversation.priority) == (frozenset({"tanya"}), "high")
    assert later.contact.name == "Budi"


async def test_a_customer_is_found_by_lid_and_by_number(store: Store) -> None:
    await store.record(answered(message(1, chat="L77", lid="L77", phone=CHAT)))
    by_number = await store.context(message(2, chat=CHAT, phone=CHAT), NOW)
    assert "jam-buka" in by_number.usage
    await store.record(silent(message(3, chat="P1", phone="P1", lid="")))
    await store.record(silent(message(4, chat="P1", phone="P1", lid="L77")))
    assert (await store.summary()).contacts == 2


async def test_a_message_of_the_shop_itself_pauses_the_chat_and_cancels_what_waits_there(store: Store) -> None:
    await store.record(answered(message(1)))
    await store.record(answered(message(1, chat="6281100000002", phone="6281100000002")))
    await store.record(silent(message(2, from_me=True), "from_me", pause_until=NOW + 1_000))
    assert [row.chat for row in await store.queued()] == ["6281100000002"]
    context = await store.context(message(3), NOW + 999)
    assert context.conversation.paused_until == NOW + 1_000
    assert context.conversation.earlier_messages == 1
    assert (await store.context(message(3), NOW + 1_000)).conversation.paused_until is None
    assert (await store.summary()).outbox == {"failed": 1, "queued": 1}


async def test_groups_and_reactions_leave_a_log_and_no_contact(store: Store) -> None:
    await store.record(silent(message(1, chat_kind="group"), "not_a_direct_chat"))
    await store.record(silent(message(2, type="reaction"), "not_a_message"))
    summary = await store.summary()
    assert summary.contacts == 0
    assert summary.by_reason == {"not_a_direct_chat": 1, "not_a_message": 1}


async def test_replies_wait_in_the_order_in_which_they_were_made_whenever_they_are_due(store: Store) -> None:
    await store.record(answered(message(1), text="dua", due=NOW + 50))
    await store.record(answered(message(2), text="tiga", due=NOW + 50))
    await store.record(answered(message(3, chat="B", phone="B"), text="satu", due=NOW + 10))
    assert [row.text for row in await store.queued()] == ["dua", "tiga", "satu"]


async def test_only_one_claim_of_a_reply_succeeds(store: Store) -> None:
    await store.record(answered(message(1)))
    [row] = await store.queued()
    claims = await asyncio.gather(*(store.claim(row, row.due, allowed) for _ in range(5)))
    assert sorted(claim.claimed for claim in claims) == [False] * 4 + [True]
    assert await store.queued() == []
    await store.release(row, NOW + 9)
    assert [again.due for again in await store.queued()] == [NOW + 9]


async def test_a_send_is_allowed_only_where_the_customer_wrote_and_counts_for_the_minute(store: Store) -> None:
    await store.record(answered(message(1)))
    [row] = await store.queued()
    facts = await store.facts(row, NOW)
    assert (facts.customer_wrote, facts.blocked, facts.paused_until, facts.sent_last_minute) == (True, False, None, 0)
    await store.claim(row, row.due, allowed)
    await store.finish(row, "sent", NOW)
    assert (await store.facts(row, NOW + 59_999)).sent_last_minute == 1
    assert (await store.facts(row, NOW + 60_000)).sent_last_minute == 0
    await store.record(silent(message(5, chat="C", phone="C", from_me=True), "from_me"))
    assert not (await store.facts(replace(row, chat="C"), NOW)).customer_wrote
    assert not (await store.facts(replace(row, chat="never"), NOW)).customer_wrote


async def test_what_a_killed_process_was_sending_becomes_unknown_and_is_not_queued_again(store: Store) -> None:
    await store.record(answered(message(1)))
    [row] = await store.queued()
    await store.claim(row, row.due, allowed)
    assert [lost.id for lost in await store.abandon(NOW + 1)] == [row.id]
    assert await store.queued() == []
    assert (await store.summary()).outbox == {"unknown": 1}
    await store.receipt(Receipt(row.id, "delivered", NOW + 2))
    assert (await store.summary()).outbox == {"delivered": 1}


async def test_a_receipt_that_is_faster_than_the_answer_to_the_send_is_kept(store: Store) -> None:
    await store.record(answered(message(1)))
    [row] = await store.queued()
    await store.claim(row, row.due, allowed)
    await store.receipt(Receipt(row.id, "delivered", NOW + 1))
    await store.finish(row, "sent", NOW + 2)
    assert (await store.summary()).outbox == {"delivered": 1}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(("sent", "delivered", "read")), max_size=5))
def test_receipts_never_move_a_message_back(statuses: list[ReceiptStatus]) -> None:
    async def play() -> dict[str, int]:
        with tempfile.TemporaryDirectory() as place:
            store = open_store(lay(Path(place)), "warung")
            await store.record(answered(message(1)))
            [row] = await store.queued()
            await store.claim(row, row.due, allowed)
            for status in statuses:
                await store.receipt(Receipt(row.id, status, NOW))
            outbox = dict((await store.summary()).outbox)
            await store.close()
            return outbox

    furthest = max(statuses, key=("sent", "delivered", "read").index, default="sending")
    assert asyncio.run(play()) == {furthest: 1}


async def test_an_outage_lasts_from_the_cut_until_a_login_whatever_process_tries(store: Store) -> None:
    seen = []
    course = "stopped starting connecting connected disconnected connecting disconnected starting connecting"
    course += " disconnected connecting connected disconnected stopped starting"
    status: Any
    for minute, status in enumerate(course.split()):
        await store.save_state(SessionState(status), NOW + minute)
        since, out = (await store.summary()).state_since, await store.out_since()
        assert since is not None
        seen.append(since - NOW)
        assert out == (since if status in ("disconnected", "starting", "connecting") else None)
    assert seen == [0, 1, 1, 3, 4, 4, 4, 4, 4, 4, 4, 11, 12, 13, 14]


async def test_the_summary_tells_state_reload_and_counts(store: Store) -> None:
    await store.save_state(SessionState("connected"), NOW)
    await store.save_state(SessionState("connected", "masih", until=NOW + 9), NOW + 5)
    await store.save_reload(Reload(NOW, False, "abc", "rules.yaml:3:1: salah"))
    await store.journal([message(1)], NOW)
    await store.record(answered(message(1)))
    await store.journal([message(2)], NOW)
    summary = await store.summary()
    assert (summary.state, summary.state_since) == (SessionState("connected", "masih", until=NOW + 9), NOW)
    assert summary.reload == Reload(NOW, False, "abc", "rules.yaml:3:1: salah")
    assert (summary.contacts, summary.received, summary.waiting) == (1, 1, 2)
    assert summary.by_rule == {"jam-buka": 1}
