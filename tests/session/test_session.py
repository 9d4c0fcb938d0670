"""What a session does with messages and replies, whatever the order in which things go wrong."""

import asyncio
from pathlib import Path

import pytest

from tests.session.stage import ANI, BUDI, JAM, LATER, REFUSED, START, UNKNOWN, stage
from tests.tenants import rules
from wabot.language.rule_set import AutoReply
from wabot.model.message import Message
from wabot.model.turn import Outbound, SendFacts
from wabot.session.permission import WAIT, backoff, permission
from wabot.store.sqlite import open_store


async def test_a_message_is_answered(tmp_path: Path) -> None:
    async with stage(tmp_path) as shop:
        await shop.say("jam buka?")
        assert shop.channel.heard == [(BUDI, "Kami buka kak.")]
        assert dict((await shop.store.summary()).outbox) == {"sent": 1}


async def test_the_same_message_again_is_not_answered_again(tmp_path: Path) -> None:
    async with stage(tmp_path) as shop:
        await shop.say("jam buka?", id="SAMA")
        await shop.say("jam buka?", id="SAMA")
        assert (shop.replies, shop.told.reasons) == (["Kami buka kak."], ["duplicate"])
    async with stage(tmp_path) as shop:
        await shop.say("jam buka?", id="SAMA")
        assert shop.replies == []


async def test_a_cooldown_and_a_daily_maximum_are_remembered_over_a_restart(tmp_path: Path) -> None:
    text = JAM.replace("response:", "cooldown: 10m, max_triggers_per_day: 2, response:")
    async with stage(tmp_path, text) as shop:
        await shop.say("jam buka?")
        await shop.say("jam buka?")
        assert shop.told.reasons == ["cooldown"]
    async with stage(tmp_path, text) as shop:
        await shop.say("jam buka?", id="B1")
        shop.later(600_000)
        await shop.say("jam buka?", id="B2")
        shop.later(600_000)
        await shop.say("jam buka?", id="B3")
        await shop.say("jam buka?", ANI, id="B4")
        assert shop.told.reasons == ["cooldown", "daily_cap"]
        assert [chat for chat, _ in shop.channel.heard] == [BUDI, ANI]


async def test_the_human_delay_is_kept_and_typing_is_shown_meanwhile(tmp_path: Path) -> None:
    async with stage(tmp_path, hurry=False, delay="20s") as shop:
        await shop.say("jam buka?")
        assert shop.channel.typed == [(BUDI, True), (BUDI, False)]
        assert 20_000 <= shop.clock.now() - START <= 22_000


async def test_a_person_who_answers_on_the_phone_silences_the_bot_and_cancels_what_waits(tmp_path: Path) -> None:
    async with stage(tmp_path) as shop:
        shop.session._connected.clear()  # the line is down: replies wait
        await shop.say("jam buka?", settle=False)
        await shop.say("jam buka?", ANI, settle=False)
        await shop.say("saya sendiri ya", from_me=True, settle=False)
        while (await shop.store.summary()).by_rule.get("jam-buka") != 2 or len(await shop.store.queued()) != 1:
            await asyncio.sleep(0.01)
        shop.session._connected.set()
        await shop.settle()
        assert shop.channel.heard == [(ANI, "Kami buka kak.")]
        await shop.say("jam buka?")
        assert shop.told.reasons[-1] == "handled_by_person"
        shop.later(12 * 3_600_000)
        await shop.say("jam buka?")
        assert shop.channel.heard[-1] == (BUDI, "Kami buka kak.")


async def test_our_own_echo_and_key_shares_are_no_person(tmp_path: Path) -> None:
    async with stage(tmp_path) as shop:
        await shop.say("", from_me=True, type="other")
        await shop.say("jam buka?")
        assert shop.replies == ["Kami buka kak."]


@pytest.mark.parametrize("where", ["group", "status", "newsletter"])
async def test_groups_and_broadcasts_are_never_answered(tmp_path: Path, where: str) -> None:
    async with stage(tmp_path) as shop:
        await shop.say("jam buka?", chat_kind=where)
        assert (shop.replies, shop.told.reasons) == ([], ["not_a_direct_chat"])


async def test_messages_of_one_chat_are_answered_in_order(tmp_path: Path) -> None:
    text = "".join(
        f"  - {{id: r{n}, trigger: {{type: keyword, keywords: [kata{n}x]}}, response: jawab {n}}}\n" for n in range(8)
    )
    async with stage(tmp_path, text, max_per_minute="600") as shop:
        for number in range(8):
            await shop.say(f"kata{number}x", settle=False)
            await shop.say(f"kata{number}x", ANI, settle=False)
        await shop.settle()
        for chat in (BUDI, ANI):
            assert [text for to, text in shop.channel.heard if to == chat] == [f"jawab {n}" for n in range(8)]


async def test_a_backlog_is_kept_and_not_answered(tmp_path: Path) -> None:
    async with stage(tmp_path) as shop:
        await shop.say("jam buka?", sent_at=START - 600_001)
        await shop.say("jam buka?", sent_at=START - 590_000)
        assert (len(shop.replies), shop.told.reasons) == (1, ["stale"])


async def test_a_template_that_fails_costs_only_its_own_rule_the_reply_and_calls_a_person(tmp_path: Path) -> None:
    text = (
        "  - {id: putar, continue: true, trigger: {type: keyword, keywords: [jam]}, priority: 60,\n"
        '     response: "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"}\n'
    )
    async with stage(tmp_path, text + JAM) as shop:
        await shop.say("jam buka?")
        assert shop.replies == ["Kami buka kak."]
        assert any("a rule's text failed" in note for note in shop.told.notes)
        assert (await shop.store.summary()).by_reason == {"text_failed:putar": 1}
        assert (await shop.store.context(Message("X", BUDI, phone=BUDI), START)).conversation.priority == "high"


async def test_replies_over_the_limit_of_the_minute_wait_and_go_out_later(tmp_path: Path) -> None:
    async with stage(tmp_path, max_per_minute="2") as shop:
        for number in range(5):
            await shop.say("jam buka?", f"628120000001{number}", settle=False)
        await shop.settle()
        assert len(shop.replies) == 5
        assert shop.clock.now() - START >= 120_000


async def test_a_refused_message_fails_at_once_an_unclear_one_is_unknown_and_neither_again(tmp_path: Path) -> None:
    async with stage(tmp_path) as shop:
        shop.channel.next_error = [REFUSED, UNKNOWN]
        await shop.say("jam buka?")
        await shop.say("jam buka?")
        assert shop.replies == []
        assert dict((await shop.store.summary()).outbox) == {"failed": 1, "unknown": 1}


async def test_a_harmless_failure_is_tried_again_and_given_up_after_five_attempts(tmp_path: Path) -> None:
    async with stage(tmp_path) as shop:
        shop.channel.next_error = [LATER] * 4
        await shop.say("jam buka?")
        assert shop.replies == ["Kami buka kak."]
        shop.channel.next_error = [LATER] * 5
        await shop.say("jam buka?")
        assert len(shop.replies) == 1
        assert dict((await shop.store.summary()).outbox) == {"failed": 1, "sent": 1}


async def test_a_bug_in_a_channel_never_leads_to_a_second_send(tmp_path: Path) -> None:
    async with stage(tmp_path) as shop:
        shop.channel.next_error = [RuntimeError("boom")]
        await shop.say("jam buka?")
        await shop.say("jam buka?")
        assert len(shop.replies) == 1
        assert dict((await shop.store.summary()).outbox) == {"sent": 1, "unknown": 1}


async def test_dry_run_decides_and_logs_and_sends_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path, dry_run="true") as shop:
        await shop.say("jam buka?")
        summary = await shop.store.summary()
        assert (shop.replies, dict(summary.outbox), dict(summary.by_rule)) == ([], {"failed": 1}, {"jam-buka": 1})


async def test_a_reply_that_waits_when_the_session_stops_is_sent_by_the_next_one(tmp_path: Path) -> None:
    async with stage(tmp_path) as shop:
        shop.session._connected.clear()
        await shop.say("jam buka?", settle=False)
        while not await shop.store.queued():
            await asyncio.sleep(0.01)
    async with stage(tmp_path) as shop:
        await shop.settle()
        assert shop.replies == ["Kami buka kak."]


async def test_what_was_journalled_and_not_decided_is_decided_at_the_next_start(tmp_path: Path) -> None:
    async with stage(tmp_path) as shop:
        pass
    store = open_store(tmp_path / "data", "warung")
    await store.journal([Message("Z1", BUDI, "jam buka?", phone=BUDI, sent_at=START)], START)
    await store.close()
    async with stage(tmp_path) as shop:
        await shop.settle()
        assert shop.replies == ["Kami buka kak."]


async def test_a_change_of_the_rules_swaps_them_whole_and_a_broken_one_is_told_and_not_used(tmp_path: Path) -> None:
    async with stage(tmp_path) as shop:
        (shop.folder / "rules.yaml").write_text(rules(JAM.replace("Kami buka", "Tutup"))["rules.yaml"])
        assert await shop.session.live.load()
        await shop.say("jam buka?")
        (shop.folder / "rules.yaml").write_text("version: 1\nrules: [{id: x}]\n")
        assert await shop.session.live.load()
        await shop.say("jam buka?")
        assert shop.replies == ["Tutup kak.", "Tutup kak."]
        summary = await shop.store.summary()
        assert summary.reload is not None
        assert not summary.reload.ok
        assert any("rules.yaml:2:14: `response` is missing" in note for note in shop.told.notes)


MENU = """\
  - id: sambutan
    trigger: {type: welcome}
    response:
      type: menu
      message: Halo!
      options: [{key: "1", label: Jam buka, goto: jam-buka}, {key: "0", label: CS, action: forward_to_cs}]
  - id: tidak-paham
    trigger: {type: fallback}
    response: {type: forward_to_cs, message: Sebentar kak.}
"""


async def test_a_menu_stays_open_across_a_restart(tmp_path: Path) -> None:
    async with stage(tmp_path, MENU + JAM) as shop:
        await shop.say("halo")
        assert shop.replies == ["Halo!\n\n1. Jam buka\n0. CS"]
    async with stage(tmp_path, MENU + JAM) as shop:
        await shop.say("1", id="A2")
        assert shop.replies == ["Kami buka kak."]


async def test_a_chat_that_waits_for_a_person_is_told_so_once_until_the_person_has_come(tmp_path: Path) -> None:
    async with stage(tmp_path, MENU + JAM) as shop:
        await shop.say("halo")
        await shop.say("0")
        await shop.say("ada orang?")
        assert shop.replies[1:] == ["Sebentar ya kak, kami sambungkan ke tim kami."]
        context = await shop.store.context(Message("Z", BUDI, "", phone=BUDI), START)
        assert (context.conversation.status, context.conversation.assigned_to) == ("pending", "role:operator")
        await shop.say("Halo, saya Sari", from_me=True)
        shop.later(13 * 3_600_000)
        await shop.say("ada orang?")
        assert shop.replies[2:] == ["Sebentar kak."]


async def test_a_file_goes_out_with_its_caption(tmp_path: Path) -> None:
    rule = "  - {id: menu, trigger: {type: keyword, keywords: [menu]}, response: {type: media, file: menu.pdf}}\n"
    media = tmp_path / "rules" / "warung" / "media"
    media.mkdir(parents=True)
    (media / "menu.pdf").write_bytes(b"%PDF-")
    async with stage(tmp_path, rule) as shop:
        await shop.say("menu")
        assert shop.replies == [""]
        assert shop.channel.media == [str(media / "menu.pdf")]


async def test_the_last_sound_rules_include_what_they_share(tmp_path: Path) -> None:
    shared = tmp_path / "rules" / "_shared"
    shared.mkdir(parents=True)
    (shared / "faq.yaml").write_text(rules(JAM)["rules.yaml"])
    include = {"include": "[_shared/faq.yaml]"}
    async with stage(tmp_path, "  []\n", tenant=include) as shop:
        await shop.say("jam buka?")
    (shared / "faq.yaml").write_text("version: 1\nrules: [{id: x}]\n")
    async with stage(tmp_path, "  []\n", tenant=include) as shop:
        assert "running on the last sound rules: those on disk are broken" in shop.told.notes
        await shop.say("jam buka?", id="A2")
        assert shop.replies == ["Kami buka kak."]


ROW = Outbound("1", BUDI, "x", "r", due=START, created=START)
FINE = SendFacts(customer_wrote=True, blocked=False, paused_until=None, sent_last_minute=0)


@pytest.mark.parametrize(
    ("facts", "settings", "later", "refusal"),
    [
        (FINE, AutoReply(), 0, None),
        (SendFacts(False, False, None, 0), AutoReply(), 0, "customer_did_not_write_first"),
        (SendFacts(True, True, None, 0), AutoReply(), 0, "contact_blocked"),
        (SendFacts(True, False, START + 1, 0), AutoReply(), 0, "handled_by_person"),
        (SendFacts(True, False, START, 0), AutoReply(), 0, None),
        (SendFacts(True, False, None, 10), AutoReply(), 0, WAIT),
        (SendFacts(True, False, None, 10), AutoReply(), 600_001, "max_per_minute_until_stale"),
        (FINE, AutoReply(), 600_001, "stale"),
        (FINE, AutoReply(dry_run=True), 0, "dry_run"),
    ],
)
def test_every_send_is_checked_once_more_at_the_moment_of_sending(
    facts: SendFacts, settings: AutoReply, later: int, refusal: str | None
) -> None:
    assert permission(ROW, facts, settings, START + later) == refusal


def test_attempts_come_less_and_less_often_with_a_cap() -> None:
    assert [backoff(attempt) for attempt in (1, 2, 3, 4, 9)] == [1_000, 2_000, 4_000, 8_000, 60_000]


async def test_replies_of_one_chat_keep_their_order_over_a_restart_whatever_their_delays(tmp_path: Path) -> None:
    text = (
        "  - {id: sambutan, trigger: {type: welcome}, continue: true, delay: 9s, response: Halo kak.}\n"
        "  - {id: jam-buka, trigger: {type: keyword, keywords: [jam buka]}, delay: 1s, response: Kami buka kak.}\n"
    )
    async with stage(tmp_path, text, hurry=False) as shop:
        shop.clock.runs.clear()
        await shop.say("jam buka?", settle=False)
        await shop.session_decided(1)
        assert shop.replies == []
    async with stage(tmp_path, text, hurry=False) as shop:
        await shop.settle()
        assert shop.replies == ["Halo kak.", "Kami buka kak."]
