"""A text that each keyword and regex matches, and which rules the engine finds for it: what the checks of rules against
rules begin with. Two rules that do not meet in such a text need no proof."""

from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from typing import Literal as OneOf
from typing import NamedTuple

from wabot.engine.fuzzy import words
from wabot.engine.normalize import exact, fold, visible
from wabot.engine.proof.automaton import Budget, missed
from wabot.engine.proof.literal import EVERYTHING, Literal, literal
from wabot.engine.proof.regex import parse
from wabot.engine.proof.syntax import Node, Unknown, example, options
from wabot.language.rule_set import Candidate, Rule, RuleSet
from wabot.language.triggers import Trigger
from wabot.language.triggers.keyword import Keyword
from wabot.language.triggers.pattern import Pattern
from wabot.lint.situation import Situation, ordinary
from wabot.lint.subject import Subject


class Part(NamedTuple):
    """A keyword, or one alternative of a regex. `sample` matches it; `found` is what the engine finds for the sample,
    of every rule, in the order of decision."""

    sample: str
    matches: Literal | Node
    found: tuple[Candidate, ...]


class Reading(NamedTuple):
    """One keyword or regex of a rule: `place` counts from 0 in `trigger.keywords`, and is 0 for a pattern's regex.
    `known` is "never" when it matches no text at all, "unknown" when no sample is known, and then `parts` is empty."""

    rank: int
    place: int
    known: OneOf["yes", "never", "unknown"]
    parts: tuple[Part, ...] = ()


class Survey:
    """`readings` has every keyword and regex of the rules that are enabled, by the rules' ranks. `hours_known`: the
    tenant's hours could be read."""

    def __init__(self, rule_set: RuleSet, hours_known: bool = True) -> None:
        self.rule_set = rule_set
        self.hours_known = hours_known
        self.budget = Budget()
        self.readings: dict[int, list[Reading]] = {}
        for reading in _readings(rule_set, Budget()):
            self.readings.setdefault(reading.rank, []).append(reading)

    @cached_property
    def usual(self) -> Situation:
        return ordinary(self.rule_set)

    @cached_property
    def anything(self) -> Part:
        """What matches every text."""
        return Part("halo", EVERYTHING, _found(self.rule_set, "halo"))


@lru_cache(maxsize=1)
def survey(subject: Subject) -> Survey:
    """The survey of a tenant; several checks look at the same one."""
    return Survey(subject.rule_set, hours_known=subject.loaded.rule_set is not None)


def sources(trigger: Trigger) -> tuple[str, ...]:
    """Keywords and regexes as written; () for a trigger that is not in the text."""
    if isinstance(trigger, Pattern):
        return (trigger.regex,)
    return trigger.keywords if isinstance(trigger, Keyword) else ()


def matches(trigger: Trigger, source: str) -> Literal | Node | None:
    """What a keyword or regex of the trigger matches (a misspelt one: some of it); None: nothing.

    Raises:
        Unknown: it cannot be said.
    """
    if isinstance(trigger, Pattern):
        return parse(source, trigger.case_sensitive)
    if not isinstance(trigger, Keyword):
        raise Unknown(trigger.kind)
    if trigger.match == "regex":
        return parse(source, trigger.case_sensitive)
    if trigger.match == "fuzzy":
        # One thing is certain of a keyword that may be misspelt: spelt right, it matches.
        return literal("exact", source, trigger.case_sensitive) if words(fold(source)) else None
    return literal(trigger.match, source, trigger.case_sensitive)


def _readings(rule_set: RuleSet, budget: Budget) -> Iterator[Reading]:
    for rank, rule in enumerate(rule_set.rules):
        if not rule.enabled:
            continue
        for place, source in enumerate(sources(rule.trigger)):
            try:
                meant = matches(rule.trigger, source)
                if meant is None:
                    yield Reading(rank, place, "never")
                elif isinstance(rule.trigger, Keyword) and rule.trigger.match == "fuzzy":
                    yield Reading(rank, place, "unknown")
                elif isinstance(meant, Literal):
                    sample = exact(source)
                    yield Reading(rank, place, "yes", (Part(sample, meant, _found(rule_set, sample)),))
                else:
                    parts = tuple(_parts(rule_set, budget, rank, source, meant))
                    yield Reading(rank, place, "yes" if parts else "never", parts)
            except Unknown:
                yield Reading(rank, place, "unknown")


def _parts(rule_set: RuleSet, budget: Budget, rank: int, source: str, regex: Node) -> Iterator[Part]:
    for option in options(regex):
        sample: str | None = example(option)
        found = _found(rule_set, sample or "")
        if not _holds(found, rank, source):
            sample = example(option, gap=" ")
            found = _found(rule_set, sample)
        if not _holds(found, rank, source):
            # An assertion forbids the obvious examples, or normalisation changes them.
            sample = missed(option, (), budget=budget)
            found = _found(rule_set, sample or "")
            if sample is not None and not _holds(found, rank, source):
                raise Unknown("the engine finds no such text")
        if sample is not None:
            yield Part(sample, option, found)


def _found(rule_set: RuleSet, text: str) -> tuple[Candidate, ...]:
    found = rule_set.matcher.candidates(text)
    if all(candidate.regex is None for candidate in found):
        return tuple(found)
    # A literal that a regex cannot do without only announces it.
    raw = visible(text).encode("utf-8", "replace")
    return tuple(each for each in found if each.regex is None or each.regex.find(raw) is not None)


def _holds(found: Iterable[Candidate], rank: int, source: str) -> bool:
    return any(each.rank == rank and each.decision.answers[0].matched == source for each in found)


def rules_of(candidates: Iterable[Candidate]) -> tuple[Rule, ...]:
    """The rules of the candidates, each once, in the order of decision."""
    return tuple({candidate.rank: candidate.rule for candidate in candidates}.values())
