"""Whether a message that falls due may still be said: the table of all that keeps it back."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.engine.rule_sets import DEFAULTS, NOW, rule, rule_set
from wabot.engine.follow_ups import LATE, refusal, used
from wabot.language.rule_set import WINDOW, FollowUp
from wabot.language.template import Template
from wabot.language.triggers.fallback import Fallback
from wabot.model.context import WHOLE_CONTACT, Contact, Context, Conversation, Usage

HOUR = 3_600_000
ASKS = rule("harga", Fallback(), follow_up=FollowUp(2 * HOUR, Template("Jadi pesan kak?")))
QUIET = rule("diam", Fallback(), enabled=False, follow_up=ASKS.follow_up)
BUDI = "6281200000001"
SOMEBODY = Contact(BUDI)
CHAT = Conversation(earlier_messages=2, last_contact=NOW - 2 * HOUR)


def asked(
    by: str = "harga",
    *,
    chat: Mapping[str, Any] = {},
    contact: Contact = SOMEBODY,
    late: int = 0,
    settings: Mapping[str, Any] = {},
    used: Usage | None = None,
    paused: bool = False,
) -> str | None:
    rules = rule_set(ASKS, QUIET, auto_reply=replace(DEFAULTS, **settings))
    usage = {} if used is None else {WHOLE_CONTACT: used}
    return refusal(rules, by, NOW - late, Context(NOW, contact, replace(CHAT, **chat), usage, paused=paused))


BOTH: list[tuple[str, dict[str, Any]]] = [
    ("customer_did_not_write_first", {"chat": {"earlier_messages": 0}}),
    ("customer_did_not_write_first", {"chat": {"last_contact": None}}),
    ("contact_blocked", {"contact": Contact(BUDI, blocked=True)}),
    ("conversation_spam", {"chat": {"status": "spam"}}),
    ("conversation_resolved", {"chat": {"status": "resolved"}}),
    ("conversation_closed", {"chat": {"status": "closed"}}),
    ("customer_silent_too_long", {"chat": {"last_contact": NOW - WINDOW - 1}}),
    ("not_in_scope", {"settings": {"except_": frozenset({BUDI})}}),
    ("not_in_scope", {"settings": {"only": frozenset({"tag:teman"})}}),
    ("missed", {"late": LATE + 1}),
    ("dry_run", {"settings": {"dry_run": True}}),
    ("contact_daily_cap", {"used": Usage(NOW, "2026-01-28", 50)}),
    ("paused", {"paused": True}),
]
NOBODY: list[dict[str, Any]] = [
    {},
    {"late": LATE},
    {"chat": {"last_contact": NOW - WINDOW}},
    {"chat": {"status": "pending"}},
    {"chat": {"paused_until": NOW}},
    {"settings": {"only": frozenset({BUDI})}},
    {"used": Usage(NOW, "2026-01-28", 49)},
    {"used": Usage(NOW, "2026-01-27", 50)},
]
RULES_ONLY: list[tuple[str, dict[str, Any]]] = [
    ("auto_reply_off", {"settings": {"enabled": False}}),
    ("handled_by_person", {"chat": {"paused_until": NOW + 1}}),
    ("loop_suspected", {"chat": {"muted": True}}),
]


@pytest.mark.parametrize(("reason", "case"), BOTH)
@pytest.mark.parametrize("by", ["harga", ""])
def test_this_keeps_back_whatever_is_due(by: str, reason: str, case: dict[str, Any]) -> None:
    assert asked(by, **case) == reason


@pytest.mark.parametrize("case", NOBODY)
@pytest.mark.parametrize("by", ["harga", ""])
def test_this_keeps_nothing_back(by: str, case: dict[str, Any]) -> None:
    assert asked(by, **case) is None


@pytest.mark.parametrize(("reason", "case"), RULES_ONLY)
def test_this_keeps_a_rule_silent_but_not_a_person(reason: str, case: dict[str, Any]) -> None:
    assert (asked(**case), asked("", **case)) == (reason, None)


@pytest.mark.parametrize("by", ["hilang", "diam"])
def test_a_rule_that_is_gone_or_off_says_nothing(by: str) -> None:
    assert asked(by) == "rule_gone"


def test_what_never_heals_is_named_before_what_does() -> None:
    assert asked(paused=True, chat={"status": "spam"}) == "conversation_spam"


@pytest.mark.parametrize(
    ("zone", "minutes", "day"),
    [
        ("Asia/Jakarta", 14 * 60 - 1, "2026-01-28"),
        ("Asia/Jakarta", 14 * 60, "2026-01-29"),
        ("Europe/Berlin", 20 * 60 - 1, "2026-01-28"),
        ("Europe/Berlin", 20 * 60, "2026-01-29"),
    ],
)
def test_it_counts_on_the_tenants_own_day(zone: str, minutes: int, day: str) -> None:
    rules = rule_set(ASKS)
    rules = replace(rules, tenant=replace(rules.tenant, timezone=ZoneInfo(zone)))
    now = NOW + minutes * 60_000
    before = Context(now, usage={WHOLE_CONTACT: Usage(NOW, "2026-01-28", 7)})
    assert used(rules, before) == Usage(now, day, 8 if day == "2026-01-28" else 1)
