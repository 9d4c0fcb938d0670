"""What is said to be taken by earlier rules is taken, whatever the message, the customer and the hour."""

from dataclasses import replace

from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from tests.engine import rule_sets as some
from tests.examples import examples
from wabot.engine.decide import decide
from wabot.engine.proof.letters import ordinary
from wabot.engine.trace import in_text
from wabot.language.hours import Hours, Span
from wabot.language.regex import Regex, RegexError
from wabot.language.rule_set import Rule, RuleSet
from wabot.language.triggers.fallback import Fallback
from wabot.language.triggers.keyword import Keyword
from wabot.language.triggers.pattern import Pattern
from wabot.lint.shadow import find_shadowed
from wabot.lint.survey import Survey
from wabot.model.context import Context

MORNINGS = Hours(weekly=((Span(9 * 60, 12 * 60),),) * 7, always=False)
SHORT = ("a", "ja", "jam", "jam buka", "buka", "hi", "12", "yang", "Jam", "123")
keywords = st.builds(
    Keyword,
    keywords=st.lists(st.sampled_from(SHORT), min_size=1, max_size=3).map(tuple),
    match=st.sampled_from(("exact", "contains", "contains", "starts_with", "ends_with", "word")),
    case_sensitive=st.sampled_from((False, False, True)),
)
triggers = st.one_of(keywords, keywords, keywords, some.regexes, some.patterns, some.triggers)


@st.composite
def rule_sets(draw: st.DrawFn) -> RuleSet:
    made: list[Rule] = []
    for number in range(draw(st.integers(2, 6))):
        free = draw(st.booleans())
        made.append(
            some.rule(
                f"r{number}",
                draw(triggers),
                priority=draw(st.sampled_from((10, 50, 50, 90))),
                conditions=None if free else draw(some.conditions),
                cooldown=None if free else draw(st.sampled_from((None, None, 600_000))),
                continues=draw(st.sampled_from((False, False, False, True))),
            )
        )
    return some.rule_set(*made, hours=draw(st.sampled_from((*some.HOURS, MORNINGS))))


texts = st.lists(st.sampled_from((*SHORT, *some.PIECES)), max_size=6).map("".join) | some.texts


@examples(800, suppress_health_check=[HealthCheck.too_slow])
@given(rule_sets(), st.lists(texts, min_size=3, max_size=12), some.contexts(), st.sampled_from((0, 5)))
def test_a_rule_that_can_never_answer_answers_no_message(
    rule_set: RuleSet, chosen: list[str], context: Context, later: int
) -> None:
    context = replace(context, now=context.now + later * 3_600_000)
    for found in find_shadowed(Survey(rule_set)):
        for taken in found.taken:
            if not taken.certain:
                continue
            trigger = found.rule.trigger
            if taken.place is not None and isinstance(trigger, Keyword):
                trigger = Keyword((trigger.keywords[taken.place],), trigger.match, trigger.case_sensitive)
            for text in (*chosen, taken.text):
                if not ordinary(text):
                    continue
                if isinstance(trigger, Keyword | Pattern) and in_text(trigger, text) is None:
                    continue
                answers = decide(rule_set, replace(some.message(text), sent_at=context.now), context).answers
                # An open menu may still lead to the rule.
                assert found.rule.id not in {answer.rule.id for answer in answers if not answer.act}, (found, text)


@examples(300, suppress_health_check=[HealthCheck.too_slow])
@given(rule_sets())
def test_the_message_that_shows_it_is_decided_for_another_rule(rule_set: RuleSet) -> None:
    for found in find_shadowed(Survey(rule_set)):
        for taken in found.taken:
            assert found.rule not in taken.winners
            assert found.rule not in taken.by
            assert taken.winners
            for rule in taken.by:
                assert isinstance(found.rule.trigger, Fallback) or rule_set.rules.index(rule) < rule_set.rules.index(
                    found.rule
                )


sources = st.text(alphabet="ab1 (|)[]^$*+?{},.\\bdwsWx-:iPn<>é❤", min_size=1, max_size=12)


@examples(400)
@given(st.lists(sources, min_size=1, max_size=4), texts)
def test_no_regex_that_re2_accepts_is_beyond_the_survey(given_sources: list[str], text: str) -> None:
    made = []
    for number, source in enumerate(given_sources):
        try:
            Regex(source)
        except RegexError:
            continue
        made.append(some.rule(f"r{number}", Pattern(source)))
    rule_set = some.rule_set(*made)
    surveyed = Survey(rule_set)
    for rank, readings in surveyed.readings.items():
        trigger = rule_set.rules[rank].trigger
        for reading in readings:
            assert isinstance(trigger, Pattern)
            assert reading.known != "never" or in_text(trigger, text) is None
            assert all(in_text(trigger, part.sample) is not None for part in reading.parts)
    for found in find_shadowed(surveyed):
        trigger = found.rule.trigger
        assert isinstance(trigger, Pattern)
        if in_text(trigger, text) is not None:
            assert decide(rule_set, some.message(text), some.context()).answers[0].rule is not found.rule
