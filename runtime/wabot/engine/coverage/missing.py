"""The tests that are missing: found by playing, written as YAML, and played again from what was written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from wabot.engine.coverage.kinds import KINDS
from wabot.engine.coverage.measure import Coverage, exercised_by
from wabot.engine.coverage.scenes import single_conditions
from wabot.engine.coverage.target import Kind, Stage, Target
from wabot.engine.coverage.written import HEADER, read_back, written
from wabot.engine.exchange import Exchange, rehearse
from wabot.language.conversation import Conversation, Step, Wait
from wabot.language.rule_set import Rule, RuleSet
from wabot.language.triggers.goto import OnlyGoto
from wabot.language.triggers.menu_selection import MenuSelection
from wabot.language.triggers.pattern import Pattern
from wabot.language.triggers.time_based import TimeBased

_DAY = 86_400_000
_MOST_STEPS = 8
_MOST_EXPLAINED = 30


@dataclass(frozen=True, slots=True)
class MissingTest:
    """An entry for tests/*.yaml, and what it exercises that no test did."""

    text: str
    targets: frozenset[Target]


@dataclass(frozen=True, slots=True)
class Missing:
    """The missing tests, and why there is none for the rest."""

    tests: tuple[MissingTest, ...]
    why_not: dict[Target, str]


@dataclass(frozen=True, slots=True)
class _Found:
    kind: Kind
    target: Target
    conversation: Conversation
    targets: frozenset[Target]


def missing_tests(stage: Stage, coverage: Coverage) -> Missing:
    """A test for everything that `coverage` misses. Each passes, and exercises what it is for: that was tried."""
    rules = {rule.id: rule for rule in stage.rule_set.rules}
    left = set(coverage.missing)
    found: list[_Found] = []
    why_not: dict[Target, str] = {}
    for kind in reversed(KINDS):
        for target in coverage.missing:
            if target.kind == kind.name and target in left:
                rule = rules[target.rule]
                one = _find(stage, kind, rule, target, left)
                if isinstance(one, _Found):
                    found.append(one)
                    left -= one.targets
                else:
                    why_not[target] = kind.hint(stage, rule, target) or _why_not(stage, rule, target, one)
    ranks = {rule.id: rank for rank, rule in enumerate(stage.rule_set.rules)}
    found.sort(key=lambda one: ranks[one.target.rule])
    tests = []
    for _, same in groupby(found, key=_alike):
        tests += list(_tests(stage.rule_set, rules, list(same)))
    tested = frozenset().union(*(test.targets for test in tests)) if tests else frozenset()
    for target in coverage.missing:
        if target not in tested and target not in why_not:
            why_not[target] = "a test was found, but cannot be written in YAML"
    return Missing(tuple(tests), why_not)


def _find(stage: Stage, kind: Kind, rule: Rule, target: Target, left: set[Target]) -> _Found | list[Exchange]:
    """The first draft that exercises the target, or what was tried in vain."""
    tried: list[Exchange] = []
    for draft in kind.drafts(stage, rule, target):
        exchanges = rehearse(stage.rule_set, draft)[1]
        if target in kind.in_exchange(exchanges[-1]):
            seen = frozenset(target for exchange in exchanges for target in exercised_by(exchange) if target in left)
            return _Found(kind, target, draft, seen)
        tried.append(exchanges[-1])
    return tried


def _alike(one: _Found) -> object:
    """Tests that can be one: the same rule, customer and time, nothing said before, and not a first message."""
    talk = one.conversation
    alone = len(talk.steps) > 1 or talk.earlier == 0
    return one.target if alone else (one.target.rule, one.kind.name, talk.at, talk.earlier, talk.contact)


def _tests(rule_set: RuleSet, rules: dict[str, Rule], alike: Sequence[_Found]) -> Iterator[MissingTest]:
    for start in range(0, len(alike), _MOST_STEPS):
        some = alike[start : start + _MOST_STEPS]
        together = _write(rule_set, rules, some)
        if together is not None:
            yield together
        elif len(some) > 1:
            yield from (test for one in some if (test := _write(rule_set, rules, [one])) is not None)


def _write(rule_set: RuleSet, rules: dict[str, Rule], some: Sequence[_Found]) -> MissingTest | None:
    """The test as YAML, if it passes as it is read back, and exercises all that it is for."""
    first = some[0]
    pause = _pause(rules[first.target.rule])
    steps: list[Step] = []
    for number, one in enumerate(some):
        steps += [Wait(pause)] if number and pause else []
        steps += one.conversation.steps
    conversation = replace(first.conversation, steps=tuple(steps))
    exchanges = rehearse(rule_set, conversation)[1]
    name = first.kind.title(first.target, rule_set.tenant.language)
    text = written(name, conversation, exchanges, first.target.rule)
    wanted = frozenset[Target]().union(*(one.targets for one in some))
    for read in read_back(HEADER + text):
        misses, exchanges = rehearse(rule_set, read)
        seen = frozenset(target for exchange in exchanges for target in exercised_by(exchange))
        return MissingTest(text, wanted) if not misses and wanted <= seen else None
    return None


def _pause(rule: Rule) -> int:
    """Milliseconds after which the rule may answer the same customer again."""
    return max(rule.cooldown or 0, _DAY if rule.max_per_day else 0)


def _why_not(stage: Stage, rule: Rule, target: Target, tried: Sequence[Exchange]) -> str:
    # Of what was tried first, that which came nearest to an answer tells most.
    outcomes = [seen.outcome(rule.id) for seen in tried[:_MOST_EXPLAINED]]
    return _explained(rule, target, max(outcomes, key=_near, default=""), stage.day)


def _near(outcome: str) -> int:
    kind = outcome.partition(":")[0]
    return {"gate": 0, "no_match": 1, "condition": 2}.get(kind, 3)


def _explained(rule: Rule, target: Target, outcome: str, day: date) -> str:
    kind, _, what = outcome.partition(":")
    if kind == "shadowed_by":
        return f"`{what}` answers first, whatever was tried: raise this rule's priority, or narrow `{what}`"
    if kind == "over_three_rules":
        return "three rules answer before it, whatever was tried: raise its priority"
    if kind == "gate":
        return f"no message gets past `{what}`: see tenant.yaml"
    if kind == "condition" and what != target.what:
        return f"nothing was found under which its condition `{what}` holds"
    if target.what in single_conditions(rule) and target.how:
        word = "does not hold" if target.how.startswith("not") else "holds"
        return f"nothing was found under which `{target.what}` {word}: does it say anything here?"
    if target.kind == "options":
        return "nothing was found that opens the menu and chooses this option"
    if isinstance(rule.trigger, OnlyGoto | MenuSelection):
        return "no way was found through the menus that lead to it"
    if not outcome or isinstance(rule.trigger, Pattern):
        return "no text was found that its regex matches: add one to the rule's `examples: match`"
    if isinstance(rule.trigger, TimeBased):
        hours = "hours.yaml" if rule.trigger.hours is None else "its working_hours"
        return f"in the week from {day:%Y-%m-%d} it is never {rule.trigger.state} by {hours}"
    return "nothing was found to which it answers"
