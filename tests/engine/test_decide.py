"""What answers a message, and what keeps wabot silent: the language's rules as a table of small cases."""

from dataclasses import replace
from typing import Any

import pytest

from tests.engine.rule_sets import NOW, context, message, rule, rule_set
from wabot.engine.decide import decide
from wabot.engine.trace import explain
from wabot.language.hours import Hours
from wabot.language.rule_set import AutoReply, Conditions, Rule, TagCondition
from wabot.language.triggers.fallback import Fallback
from wabot.language.triggers.keyword import Keyword, Match
from wabot.language.triggers.pattern import Pattern
from wabot.language.triggers.time_based import TimeBased
from wabot.language.triggers.welcome import Welcome
from wabot.model.context import WHOLE_CONTACT, Contact, Context, Conversation, Usage

CLOSED = Hours(weekly=((),) * 7, always=False)
TODAY, YESTERDAY = "2026-01-28", "2026-01-27"


def rules_for(text: str, *rules: Rule, ctx: Context | None = None, hours: Hours | None = None) -> list[str]:
    made = rule_set(*rules, hours=hours) if hours else rule_set(*rules)
    return [answer.rule.id for answer in decide(made, message(text), ctx or context()).answers]


@pytest.mark.parametrize(
    ("match", "keyword", "text", "matches"),
    [
        ("contains", "jam buka", "Kak, JAM   BUKA berapa ya", True),
        ("contains", "hi", "nanti hilang", True),
        ("contains", "jam buka", "jam tangan", False),
        ("word", "hi", "nanti hilang", False),
        ("word", "hi", "oh hi, kak", True),
        ("word", "hi", "hihi hi", True),
        ("exact", "menu", " MENU ", True),
        ("exact", "menu", "menu dong", False),
        ("starts_with", "promo", "Promo apa?", True),
        ("starts_with", "promo", "ada promo", False),
        ("ends_with", "berapa", "harganya berapa", True),
        ("ends_with", "berapa", "berapa harganya", False),
        ("contains", "ﬁsik", "toko FISIK", True),
        ("contains", "jam\u200b buka", "jam buka", True),
        ("contains", "①", "pilih 1", True),
        ("contains", "STRASSE", "straße", True),
        ("word", "😀", "ok 😀 kak", True),
        ("contains", "\u200b", "apa saja", False),
    ],
)
def test_keywords_compare_normalised_text(match: Match, keyword: str, text: str, matches: bool) -> None:
    assert rules_for(text, rule("r", Keyword((keyword,), match))) == (["r"] if matches else [])


@pytest.mark.parametrize(("text", "matches"), [("pakai kode VIP ya", True), ("kode vip", False), ("kode  VIP", True)])
def test_a_case_sensitive_keyword_keeps_its_case_and_is_normalised_otherwise(text: str, matches: bool) -> None:
    assert rules_for(text, rule("r", Keyword(("kode VIP",), "contains", case_sensitive=True))) == (
        ["r"] if matches else []
    )


def test_a_regex_searches_anywhere_and_its_groups_keep_the_spelling_of_the_customer() -> None:
    made = rule_set(rule("resi", Pattern(r"\b(?P<resi>jp\d{3})\b(?P<lagi>x)?")))
    answer = decide(made, message("resi Jp123 dong"), context()).answers[0]
    assert (answer.matched, dict(answer.groups)) == ("Jp123", {"resi": "Jp123", "lagi": ""})


def test_many_regexes_without_a_literal_are_all_found() -> None:
    made = [rule(f"r{number}", Pattern(rf"\b\d{{{number}}}\b"), continues=True) for number in range(1, 9)]
    assert rules_for("nomor 12345", *made) == ["r5"]
    assert rules_for("1 22 333 4444", *made) == ["r1", "r2", "r3"]
    assert rules_for("tanpa angka", *made) == []


def test_the_higher_priority_answers_and_equal_ones_as_written() -> None:
    keyword = Keyword(("jam",))
    assert rules_for("jam", rule("a", keyword), rule("b", keyword, priority=60), rule("c", keyword)) == ["b"]
    assert rules_for("jam", rule("a", keyword), rule("c", keyword)) == ["a"]


def test_a_rule_that_continues_lets_lower_rules_answer_too_three_at_most() -> None:
    keyword = Keyword(("jam",))
    made = [rule(f"r{number}", keyword, continues=True) for number in range(5)]
    assert rules_for("jam", *made) == ["r0", "r1", "r2"]
    outcomes = explain(rule_set(*made), message("jam"), context())
    assert [outcome.outcome for outcome in outcomes][3:] == ["over_three_rules", "over_three_rules"]


def test_a_welcome_that_continues_greets_and_the_question_is_answered() -> None:
    made = (rule("sambutan", Welcome(), priority=90, continues=True), rule("jam", Keyword(("jam buka",))))
    assert rules_for("jam buka?", *made, ctx=context(earlier=0)) == ["sambutan", "jam"]
    assert rules_for("jam buka?", *made, ctx=context(earlier=1)) == ["jam"]


def test_a_disabled_rule_is_never_asked() -> None:
    made = rule_set(rule("a", Keyword(("jam",)), enabled=False), rule("b", Keyword(("jam",))))
    assert decide(made, message("jam"), context()).answers[0].rule.id == "b"
    assert explain(made, message("jam"), context())[0].outcome == "disabled"


@pytest.mark.parametrize(
    ("conditions", "holds"),
    [
        (Conditions(first_message=False), True),
        (Conditions(first_message=True), False),
        (Conditions(hours="open"), True),
        (Conditions(hours="closed"), False),
        (Conditions(message_type=frozenset({"text", "image"})), True),
        (Conditions(message_type=frozenset({"image"})), False),
        (Conditions(customer_tags=TagCondition(any=frozenset({"vip", "grosir"}))), True),
        (Conditions(customer_tags=TagCondition(any=frozenset({"grosir"}))), False),
        (Conditions(customer_tags=TagCondition(all=frozenset({"vip", "grosir"}))), False),
        (Conditions(customer_tags=TagCondition(none=frozenset({"vip"}))), False),
        (Conditions(customer_tags=TagCondition(none=frozenset({"grosir"}))), True),
        (Conditions(first_message=False, hours="closed"), False),
    ],
)
def test_all_conditions_must_hold(conditions: Conditions, holds: bool) -> None:
    ctx = context(contact=Contact(tags=frozenset({"vip"})))
    assert rules_for("jam", rule("r", Keyword(("jam",)), conditions=conditions), ctx=ctx) == (["r"] if holds else [])


def test_a_time_based_rule_answers_anything_while_its_hours_hold() -> None:
    tutup = rule("tutup", TimeBased("closed"), priority=10)
    own = rule("siang", TimeBased("open", CLOSED))
    assert rules_for("apa saja", tutup, own) == []
    assert rules_for("apa saja", tutup, own, hours=CLOSED) == ["tutup"]
    assert rules_for("jam", tutup, rule("jam", Keyword(("jam",))), hours=CLOSED) == ["jam"]


def test_a_cooldown_holds_a_rule_back_to_the_millisecond_and_lets_lower_rules_try() -> None:
    jam = rule("jam", Keyword(("jam",)), cooldown=600_000)
    other = rule("lain", Keyword(("jam",)), priority=10)
    for ago, expected in ((599_999, []), (600_000, ["jam"])):
        ctx = context(usage={"jam": Usage(NOW - ago, TODAY, 1)})
        assert rules_for("jam", jam, ctx=ctx) == expected
    ctx = context(usage={"jam": Usage(NOW - 168_000, TODAY, 1)})
    assert rules_for("jam", jam, other, ctx=ctx) == ["lain"]
    made = rule_set(jam)
    assert decide(made, message("jam"), ctx).reason == "cooldown"
    assert explain(made, message("jam"), ctx)[0].outcome == "cooldown:7m12s"


def test_a_daily_maximum_counts_the_day_of_the_tenant() -> None:
    jam = rule("jam", Keyword(("jam",)), max_per_day=3)
    ctx = context(usage={"jam": Usage(NOW, TODAY, 3)})
    assert rules_for("jam", jam, ctx=ctx) == []
    assert explain(rule_set(jam), message("jam"), ctx)[0].outcome == "daily_cap:3/3"
    assert rules_for("jam", jam, ctx=context(usage={"jam": Usage(NOW - 86_400_000, YESTERDAY, 3)})) == ["jam"]
    assert rules_for("jam", jam, ctx=context(usage={"jam": Usage(NOW, TODAY, 2)})) == ["jam"]


def test_the_fallback_answers_only_when_no_rule_answered_and_none_was_held_back() -> None:
    jam = rule("jam", Keyword(("jam",)), cooldown=600_000)
    fallback = rule("lain", Fallback(), priority=100)
    assert rules_for("jam", jam, fallback) == ["jam"]
    assert rules_for("halo", jam, fallback) == ["lain"]
    held = context(usage={"jam": Usage(NOW, TODAY, 1)})
    made = rule_set(jam, fallback)
    assert decide(made, message("jam"), held) == ((), "cooldown")
    assert [outcome.outcome for outcome in explain(made, message("jam"), held)] == ["cooldown:10m", "shadowed_by:jam"]


def test_the_trace_names_the_rule_that_answered_instead() -> None:
    made = rule_set(rule("a", Keyword(("jam",))), rule("b", Keyword(("jam buka",))), rule("c", Keyword(("lokasi",))))
    outcomes = [outcome.outcome for outcome in explain(made, message("jam buka"), context())]
    assert outcomes == ['matched:"jam"', "shadowed_by:a", "no_match"]


TALK = Conversation(earlier_messages=3)


@pytest.mark.parametrize(
    ("change", "ctx", "reason"),
    [
        ({}, replace(context(), duplicate=True), "duplicate"),
        ({"from_me": True}, context(), "from_me"),
        ({"chat_kind": "group"}, context(), "not_a_direct_chat"),
        ({"chat_kind": "status"}, context(), "not_a_direct_chat"),
        ({"type": "reaction"}, context(), "not_a_message"),
        ({"type": "edit"}, context(), "not_a_message"),
        ({}, replace(context(), contact=Contact(blocked=True)), "contact_blocked"),
        ({}, replace(context(), conversation=replace(TALK, status="spam")), "conversation_spam"),
        ({}, replace(context(), now=NOW + 600_001), "stale"),
        ({}, replace(context(), conversation=replace(TALK, paused_until=NOW + 1)), "handled_by_person"),
        ({}, replace(context(), loop_suspected=True), "loop_suspected"),
        ({}, replace(context(), usage={WHOLE_CONTACT: Usage(NOW, TODAY, 50)}), "contact_daily_cap"),
        ({}, replace(context(), now=NOW + 600_000), "answered"),
        ({}, replace(context(), conversation=replace(TALK, paused_until=NOW)), "answered"),
        ({}, replace(context(), usage={WHOLE_CONTACT: Usage(NOW, YESTERDAY, 50)}), "answered"),
        ({}, replace(context(), usage={WHOLE_CONTACT: Usage(NOW, TODAY, 49)}), "answered"),
    ],
)
def test_a_gate_stops_a_message_by_name(change: dict[str, Any], ctx: Context, reason: str) -> None:
    made = rule_set(rule("jam", Keyword(("jam",))))
    said = replace(message("jam"), **change)
    assert decide(made, said, ctx).reason == reason


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (AutoReply(enabled=False), "auto_reply_off"),
        (AutoReply(only=frozenset({"6281999"})), "not_in_scope"),
        (AutoReply(only=frozenset({"tag:vip"})), "answered"),
        (AutoReply(only=frozenset({"6281100000009"})), "answered"),
        (AutoReply(except_=frozenset({"tag:vip"})), "not_in_scope"),
        (AutoReply(except_=frozenset({"6281100000009"})), "not_in_scope"),
        (AutoReply(only=frozenset({"tag:vip"}), except_=frozenset({"6281100000009"})), "not_in_scope"),
    ],
)
def test_the_scope_of_a_tenant_decides_who_is_answered(settings: AutoReply, reason: str) -> None:
    made = rule_set(rule("jam", Keyword(("jam",))), auto_reply=settings)
    ctx = context(contact=Contact("6281100000009", tags=frozenset({"vip"})))
    assert decide(made, message("jam"), ctx).reason == reason


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\x00",
        "jam\x00buka",
        "😀" * 3000,
        "x" * 100_000,
        "jam " * 25_000,
        "\ud800",
        "\u202e\u200b",
        "a\u0301" * 999,
    ],
)
def test_no_message_is_too_strange_to_be_decided(text: str) -> None:
    made = rule_set(
        rule("jam", Keyword(("jam buka",))),
        rule("pola", Pattern(r"(a+)+$")),
        rule("angka", Pattern(r"\d")),
        rule("besar", Keyword(("JAM",), case_sensitive=True)),
        rule("lain", Fallback()),
    )
    decision = decide(made, message(text), context())
    assert decision.answers
    assert len(explain(made, message(text), context())) == 5
