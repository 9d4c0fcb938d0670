"""`decide` finds its answers through an index; `explain` asks every rule. They must never differ."""

from hypothesis import example, given
from hypothesis import strategies as st

from tests.engine import rule_sets as some
from tests.examples import examples
from wabot.engine.decide import decide
from wabot.engine.normalize import fold
from wabot.engine.required import required
from wabot.engine.trace import explain, explain_by_index, in_text
from wabot.language.regex import Regex, RegexError
from wabot.language.rule_set import RuleSet
from wabot.language.triggers.keyword import Keyword
from wabot.language.triggers.pattern import Pattern
from wabot.model.context import Context


@examples(600)
@given(some.rule_sets(), some.texts, some.contexts(), st.sampled_from(("text", "image", "reaction")))
def test_the_rules_that_answer_are_those_that_the_trace_says_matched(
    rule_set: RuleSet, text: str, context: Context, kind: str
) -> None:
    message = some.message(text, type=kind)
    decision = decide(rule_set, message, context)
    trace = explain(rule_set, message, context)
    assert [answer.rule.id for answer in decision.answers] == [outcome.rule for outcome in trace if outcome.answered]
    assert (decision.reason == "answered") == bool(decision.answers)
    assert {outcome.rule for outcome in trace} == {rule.id for rule in rule_set.rules}
    assert explain_by_index(rule_set, message, context) == trace
    if decision.reason in ("cooldown", "daily_cap"):
        assert any(outcome.outcome.startswith(decision.reason) for outcome in trace)


@examples(300)
@given(st.lists(some.patterns | some.regexes | some.keywords, min_size=4, max_size=12), some.texts)
def test_the_index_finds_every_rule_whose_trigger_matches_and_no_other(
    triggers: list[Keyword | Pattern], text: str
) -> None:
    rule_set = some.rule_set(
        *(some.rule(f"r{number}", trigger, continues=True) for number, trigger in enumerate(triggers))
    )
    # Of equal priority, so they are asked as written.
    expected = [f"r{number}" for number, trigger in enumerate(triggers) if in_text(trigger, text) is not None]
    decision = decide(rule_set, some.message(text), some.context())
    assert [answer.rule.id for answer in decision.answers] == expected[:3]


ATOMS = (
    *("a", "b", "jam", " ", "\\d", "[0-9]", "[abc]", "[^a]", ".", "\\b", "^", "$", "(x|yz)", "(?:jam buka)"),
    *("(?P<n>a+)", "(?i:B)", "\\.", "-", "k", "s", "[[:alpha:]]", "\\w", "x{2}", "{", "é", "(?i)", "(a|)"),
)
QUANTIFIERS = ("", "", "", "?", "*", "+", "{2}", "{0,1}", "{1,}", "+?")


@examples(800)
@given(
    st.lists(st.tuples(st.sampled_from(ATOMS), st.sampled_from(QUANTIFIERS)), min_size=1, max_size=5),
    st.lists(
        st.sampled_from(
            (
                "a",
                "B",
                "jam",
                " ",
                "7",
                "42",
                "x",
                "yz",
                "xx",
                "K",
                "\u212a",
                "\u017f",
                "s",
                "-",
                ".",
                "é",
                "{",
                "\u200b",
            )
        ),
        max_size=8,
    ),
)
@example([("(x|yz)", "?"), ("jam", "")], ["jam"])
def test_a_text_that_a_regex_matches_holds_one_of_the_literals_it_requires(
    parts: list[tuple[str, str]], pieces: list[str]
) -> None:
    source = "".join(atom + quantifier for atom, quantifier in parts)
    try:
        Regex(source)
    except RegexError:
        return
    need = required(source)
    text = "".join(pieces)
    if need is not None and in_text(Pattern(source), text) is not None:
        assert any(literal in fold(text) for literal in need), (source, need, text)


def test_a_regex_requires_its_longest_literal() -> None:
    table = {
        r"\b(?P<resi>JP\d{10})\b": {"jp"},
        r"ongkir (?:ke )?(?P<kota>\w+)": {"ongkir"},
        r"ongkir|ongkos kirim": {"ongkir", "ongkos kirim"},
        r" jam   buka ": {"jam buka"},
        r"(?:promo|diskon)(?: hari ini)?": {"promo", "diskon"},
        r"MLT-?\d{3}": {"mlt"},
        r"\d{10}": set("0123456789"),
        r"buka?": {"buk"},
        r".*": None,
        r"(?:jam)?": None,
        r"\Qa.b\E": None,
        r"\pL+": None,
    }
    assert {source: required(source) for source in table} == {
        source: None if need is None else frozenset(need) for source, need in table.items()
    }
