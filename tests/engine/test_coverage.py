"""What tests exercise of the rules, and the tests that are missing."""

from datetime import datetime

import pytest
from hypothesis import HealthCheck, given

from tests.engine.rule_sets import rule, rule_set, rule_sets
from tests.examples import examples
from wabot.engine.coverage.kinds import KINDS
from wabot.engine.coverage.measure import Coverage, Share, measure
from wabot.engine.coverage.missing import Missing, missing_tests
from wabot.engine.coverage.scenes import NOWHERE
from wabot.engine.coverage.target import Stage, Target
from wabot.engine.coverage.written import HEADER, duration, read_back, scalar
from wabot.engine.exchange import rehearse
from wabot.language.conversation import Conversation, Say, Wait
from wabot.language.document import parse_document
from wabot.language.hours import Hours, Span
from wabot.language.responses.menu import Menu, Option
from wabot.language.rule_set import AutoReply, Conditions, Rule, RuleSet, TagCondition
from wabot.language.template import Template
from wabot.language.triggers.fallback import Fallback
from wabot.language.triggers.goto import OnlyGoto
from wabot.language.triggers.keyword import Keyword
from wabot.language.triggers.menu_selection import MenuSelection
from wabot.language.triggers.pattern import Pattern
from wabot.language.triggers.time_based import TimeBased
from wabot.language.triggers.welcome import Welcome
from wabot.model.context import Contact

OFFICE = Hours(weekly=((Span(9 * 60, 17 * 60),),) * 7, always=False)
IMAGE = Conditions(message_type=frozenset({"image"}))


def _talk(*said: str | Say, earlier: int = 1) -> Conversation:
    steps = tuple(Say(text) if isinstance(text, str) else text for text in said)
    return Conversation("uji", datetime.fromisoformat("2026-01-28 10:00"), NOWHERE, Contact(), earlier, steps)


def _covered(rules: RuleSet, *talks: Conversation, examples: dict[str, list[str]] | None = None) -> Coverage:
    return measure(rules, [seen for talk in talks for seen in rehearse(rules, talk)[1]], examples or {})


def _missing(rules: RuleSet, examples: dict[str, list[str]] | None = None) -> Missing:
    return missing_tests(Stage(rules, examples or {}), _covered(rules))


def _left(coverage: Coverage) -> list[tuple[str, str, str]]:
    return [(target.kind, target.what, target.how) for target in coverage.missing]


def _after_pasting(rules: RuleSet, missing: Missing) -> Coverage:
    """The coverage when all written tests stand in one file; they must all pass."""
    talks = list(read_back(HEADER + "\n".join(test.text for test in missing.tests))) if missing.tests else []
    assert len(talks) == len(missing.tests)
    assert [rehearse(rules, talk)[0] for talk in talks] == [[]] * len(talks)
    return _covered(rules, *talks)


def test_a_rule_is_exercised_when_it_answers_and_a_keyword_when_the_rule_is_found_by_it() -> None:
    rules = rule_set(rule("jam", Keyword(("buka", "jam buka", "tutup"))))
    assert _left(_covered(rules, _talk("jam buka?"))) == [("keywords", "jam buka", ""), ("keywords", "tutup", "")]
    assert _covered(rules, _talk("jam buka?")).share == Share(2, 4)
    assert _covered(rules, _talk("halo")).share == Share(0, 4)


def test_a_keyword_that_is_a_regex_is_known_by_what_it_matches() -> None:
    rules = rule_set(rule("suku", Keyword(("spare ?part", "pcb|kompresor"), match="regex")))
    assert _left(_covered(rules, _talk("ganti Kompresor"))) == [("keywords", "spare ?part", "")]


def test_examples_exercise_rules_and_keywords_but_no_conditions() -> None:
    rules = rule_set(rule("bukti", Keyword(("bukti", "lunas")), conditions=IMAGE))
    left = _left(_covered(rules, examples={"bukti": ["sudah lunas", "ini tidak cocok"]}))
    assert left == [
        ("keywords", "bukti", ""),
        ("conditions", "message_type", "holding"),
        ("conditions", "message_type", "not holding"),
    ]


def test_a_condition_is_seen_only_when_the_trigger_matched_and_nothing_answered_before() -> None:
    bukti = rule("bukti", Keyword(("bukti",)), conditions=IMAGE)
    above = rule("resi", Keyword(("resi",)), priority=90)
    rules = rule_set(bukti, above)

    def seen(*said: str | Say) -> list[str]:
        return [how for kind, _, how in _left(_covered(rules, _talk(*said))) if kind == "conditions"]

    assert seen("halo") == ["holding", "not holding"]
    assert seen("bukti resi", Say("bukti resi", "image")) == ["holding", "not holding"]
    assert seen("bukti") == ["holding"]
    assert seen("bukti", Say("bukti", "image")) == []


def test_the_conditions_of_a_fallback_are_asked_only_when_no_other_rule_matched() -> None:
    lain = rule("lain", Fallback(), conditions=IMAGE)
    rules = rule_set(lain, rule("halo", Keyword(("halo",)), cooldown=60_000))
    assert ("conditions", "message_type", "not holding") in _left(_covered(rules, _talk("halo", "halo")))
    assert ("conditions", "message_type", "not holding") not in _left(_covered(rules, _talk("apa")))


def test_a_rule_that_is_switched_off_is_nothing_to_cover_and_nothing_to_cover_is_all() -> None:
    coverage = _covered(rule_set(rule("jam", Keyword(("buka",)), enabled=False)))
    assert (coverage.targets, coverage.share.percent) == ((), 100.0)


def test_percentages_are_rounded_down() -> None:
    assert [Share(*each).percent for each in ((2, 3), (1999, 2000), (2000, 2000))] == [66.6, 99.9, 100.0]


HIGH = rule("atas", Keyword(("buka",)), priority=90)
FOUND = {
    "a keyword": [rule("jam", Keyword(("jam buka", "tutup jam")))],
    "every kind of match": [
        rule(kind, Keyword((f"kata {kind}",), match=kind))
        for kind in ("exact", "contains", "starts_with", "ends_with", "word", "regex")
    ],
    "a first message": [
        rule("sambutan", Welcome(), continues=True),
        rule("jam", Keyword(("jam",)), conditions=Conditions(True)),
    ],
    "not a first message": [rule("salam", Keyword(("halo",)), conditions=Conditions(False))],
    "closed hours": [rule("tutup", TimeBased("closed")), rule("buka", TimeBased("open"), priority=20)],
    "hours of its own": [rule("malam", TimeBased("open", Hours(((Span(135, 140),),) + ((),) * 6, always=False)))],
    "a condition on the hours": [rule("jam", Keyword(("jam",)), conditions=Conditions(hours="closed"))],
    "tags": [
        rule("vip", Keyword(("halo",)), conditions=Conditions(customer_tags=TagCondition(any=frozenset({"vip"})))),
        rule(
            "grosir",
            Keyword(("halo",)),
            conditions=Conditions(
                customer_tags=TagCondition(all=frozenset({"grosir", "lama"}), none=frozenset({"vip"}))
            ),
        ),
    ],
    "an image": [rule("foto", Keyword(("bukti",)), conditions=IMAGE)],
    "a voice message": [
        rule("suara", TimeBased("open"), conditions=Conditions(message_type=frozenset({"audio"}))),
    ],
    "a fallback": [rule("lain", Fallback(), conditions=Conditions(message_type=frozenset({"text"})))],
    "the time and the day": [
        rule("siang", Keyword(("makan",)), conditions=Conditions(between=Span(660, 840), days=frozenset({5, 6}))),
    ],
    "what the customer did before": [
        rule("lama", Keyword(("lama",)), conditions=Conditions(last_contact=(14_400_000, None))),
        rule("baru", Keyword(("baru",)), conditions=Conditions(last_contact=(None, 14_400_000))),
        rule("langganan", Keyword(("poin",)), conditions=Conditions(has_order_history=True, message_count=(3, 30))),
        rule("diskon", Keyword(("diskon",)), conditions=Conditions(segment=frozenset({"inactive"}))),
    ],
    "misspelt words": [rule("alamat", Keyword(("alamat", "daftar harga"), match="fuzzy"))],
    "a regex": [rule("resi", Pattern(r"\bJP\d{10}\b"))],
    "a cooldown and a daily maximum": [
        rule("a", Keyword(("satu", "dua", "tiga")), cooldown=5_400_000),
        rule("b", Keyword(("empat", "lima", "enam")), max_per_day=1),
    ],
    "more keywords than a test has steps": [rule("a", Keyword(tuple(f"kata{number:02}" for number in range(30))))],
    "texts that YAML would misread": [
        rule("y", Keyword(("yes", "12:30", "- a", "#1", 'kata "dua"', "a: b", "{x}", "null", "0812", "😀", "a\tb")))
    ],
}


@pytest.mark.parametrize("rules", FOUND.values(), ids=FOUND.keys())
def test_the_missing_tests_pass_and_leave_nothing_missing(rules: list[Rule]) -> None:
    whole = rule_set(*rules, hours=OFFICE)
    missing = _missing(whole)
    assert missing.why_not == {}
    assert _after_pasting(whole, missing).missing == ()


def test_a_rule_above_that_answers_only_once_lets_the_second_message_through() -> None:
    whole = rule_set(rule("atas", Keyword(("buka",)), priority=90, cooldown=60_000), rule("jam", Keyword(("buka ya",))))
    missing = _missing(whole)
    assert _after_pasting(whole, missing).missing == ()
    assert missing.tests[-1].text.count("say:") == 2


def test_rules_behind_menus_are_reached_through_their_options() -> None:
    main = Menu(
        (Template("Pilih"),),
        (
            Option("1", "Jam", goto="jam"),
            Option("2", "Lain", goto="lain"),
            Option("3", "Promo"),
            Option("0", "CS", action="forward_to_cs"),
        ),
    )
    deeper = Menu(
        (Template("Pilih lagi"),), (Option("a", "Alamat", goto="alamat"), Option("b", "Balik", action="back"))
    )
    whole = rule_set(
        rule("sambutan", Welcome(), response=main),
        rule("jam", OnlyGoto()),
        rule("lain", OnlyGoto(), response=deeper),
        rule("alamat", Keyword(("alamat", "lokasi"))),
        rule("promo", MenuSelection("sambutan", "3"), conditions=Conditions(days=frozenset({0, 1, 2, 3, 4}))),
    )
    missing = _missing(whole)
    assert missing.why_not == {}
    assert _after_pasting(whole, missing).missing == ()


def test_an_option_that_no_way_leads_to_says_so_and_goto_asks_no_conditions() -> None:
    menu = Menu((Template("Pilih"),), (Option("1", "Jam", goto="jam"),))
    lost = rule_set(rule("hilang", OnlyGoto(), response=menu), rule("jam", Keyword(("jam",))))
    assert set(_missing(lost).why_not.values()) == {
        "nothing was found that opens the menu and chooses this option",
        "no way was found through the menus that lead to it",
    }
    asked = rule_set(rule("menu", Welcome(), response=menu), rule("jam", OnlyGoto(), conditions=Conditions(True)))
    assert {why.partition(":")[0] for why in _missing(asked).why_not.values()} == {
        "only options lead to this rule, and `goto` asks no conditions"
    }


def test_a_keyword_is_not_exercised_by_an_option_of_the_same_name() -> None:
    menu = Menu((Template("Pilih"),), (Option("1", "Jam", goto="jam"),))
    whole = rule_set(rule("menu", Keyword(("menu",)), response=menu), rule("jam", Keyword(("1",))))
    assert _left(_covered(whole, _talk("menu", "1"))) == [("keywords", "1", "")]


def test_a_trial_with_friends_is_tested_by_a_friend() -> None:
    for only in ("tag:teman", "6281200000007"):
        whole = rule_set(rule("jam", Keyword(("jam",))), auto_reply=AutoReply(only=frozenset({only})))
        assert _after_pasting(whole, _missing(whole)).missing == ()


def test_examples_give_the_words_for_a_regex_that_no_text_is_made_for() -> None:
    whole = rule_set(rule("nama", Pattern(r"^\pLa+$"), conditions=IMAGE))
    assert _after_pasting(whole, _missing(whole, {"nama": ["ésa", "éaa"]})).missing == ()


@pytest.mark.parametrize(
    ("rules", "hours", "why"),
    [
        ([HIGH, rule("jam", Keyword(("jam buka",)))], OFFICE, "`atas` answers first"),
        ([rule("u", Keyword(("size", "size chart")))], OFFICE, "`size` is found first wherever `size chart` stands"),
        ([rule("nama", Pattern(r"^\pLa+$"))], OFFICE, "no text was found that its regex matches"),
        ([rule("tutup", TimeBased("closed"))], Hours(), "it is never closed by hours.yaml"),
        (
            [rule("jam", Keyword(("jam",)), conditions=Conditions(hours="open"))],
            Hours(),
            "nothing was found under which `hours` does not hold",
        ),
        (
            [rule("jam", Keyword(("jam",)), conditions=Conditions(message_type=frozenset()))],
            OFFICE,
            "its condition `message_type`",
        ),
    ],
)
def test_where_no_test_can_be_found_it_says_why(rules: list[Rule], hours: Hours, why: str) -> None:
    whole = rule_set(*rules, hours=hours)
    missing = _missing(whole)
    assert any(why in reason for reason in missing.why_not.values()), missing.why_not
    assert set(_after_pasting(whole, missing).missing) == set(missing.why_not)


def test_when_replies_are_switched_off_it_says_so() -> None:
    whole = rule_set(rule("jam", Keyword(("jam",))), auto_reply=AutoReply(enabled=False))
    assert set(_missing(whole).why_not.values()) == {"no message gets past `auto_reply_off`: see tenant.yaml"}


@examples(30, suppress_health_check=[HealthCheck.too_slow])
@given(rule_sets())
def test_whatever_the_rules_everything_missing_is_tested_or_explained(rules: RuleSet) -> None:
    missing = _missing(rules)
    assert set(_after_pasting(rules, missing).missing) <= set(missing.why_not)
    assert all(missing.why_not.values())


def test_every_kind_has_its_own_name_and_finds_its_targets_in_messages() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    menu = Menu((Template("Pilih"),), (Option("1", "Jam", goto="jam"),))
    rules = rule_set(rule("foto", Keyword(("bukti",)), conditions=IMAGE, response=menu), rule("jam", OnlyGoto()))
    exchanges = rehearse(rules, _talk(Say("bukti", "image"), "1"))[1]
    for kind in KINDS:
        found: set[Target] = {target for exchange in exchanges for target in kind.in_exchange(exchange)}
        assert found
        assert found <= {target for one in rules.rules for target in kind.targets(one)}


@pytest.mark.parametrize(
    "text", ["jam buka?", "yes", "Null", "a, b", "- x", "", " a ", "a:", "1", "é", "a\n", "@x", "y?"]
)
def test_a_text_is_written_so_that_it_is_read_back(text: str) -> None:
    from pathlib import Path

    document = parse_document(Path("x.yaml"), f"[{scalar(text)}]".encode())
    assert (document.data, document.findings) == ([text], [])


@pytest.mark.parametrize(
    ("milliseconds", "text"), [(600_000, "10m"), (5_400_000, "1h30m"), (90_061_000, "1d1h1m1s"), (1, "1s")]
)
def test_a_duration_is_written_whole(milliseconds: int, text: str) -> None:
    assert duration(milliseconds) == text
    talk = _talk("a")
    assert Wait(milliseconds) not in talk.steps
