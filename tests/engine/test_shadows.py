"""Which rules of higher rank take a rule's own words from it."""

from tests.engine.rule_sets import rule, rule_set
from wabot.engine.shadows import shadows
from wabot.language.rule_set import Conditions, Rule
from wabot.language.triggers.keyword import Keyword
from wabot.language.triggers.pattern import Pattern
from wabot.language.triggers.welcome import Welcome

PAY = rule("bayar", Keyword(("bayar", "transfer")), priority=40)


def _seen(*above: Rule) -> list[tuple[str, str, str, bool]]:
    rules = rule_set(PAY, *above)
    return [(one.text, one.by.id, one.matched, one.always) for one in shadows(rules, PAY)]


def test_a_rule_of_higher_rank_takes_the_keywords_that_it_matches() -> None:
    assert _seen(rule("bukti", Keyword(("sfer",)))) == [("transfer", "bukti", "sfer", True)]


def test_one_of_lower_rank_one_that_continues_and_one_switched_off_take_nothing() -> None:
    trigger = Keyword(("bayar",))
    low = rule("rendah", trigger, priority=10)
    assert _seen(low, rule("lanjut", trigger, continues=True), rule("mati", trigger, enabled=False)) == []


def test_a_rule_with_conditions_lets_the_next_one_be_named_too() -> None:
    foto = rule("foto", Keyword(("bayar",)), priority=90, conditions=Conditions(message_type=frozenset({"image"})))
    assert _seen(foto, rule("lain", Pattern("ba.ar"), priority=80)) == [
        ("bayar", "foto", "bayar", False),
        ("bayar", "lain", "bayar", True),
    ]


def test_a_regex_is_asked_with_a_text_that_it_matches() -> None:
    resi = rule("resi", Pattern(r"JP\d{3}"), priority=10)
    rules = rule_set(resi, rule("jp", Keyword(("jp1",))), rule("sambutan", Welcome()))
    assert [(one.text, one.by.id) for one in shadows(rules, resi)] == [("JP111", "jp")]
