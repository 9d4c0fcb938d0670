"""Replies that would trigger rules again, if the other side said them back: two bots talking."""

from collections.abc import Iterator
from functools import lru_cache

from wabot.engine.decide import decide
from wabot.language.triggers.fallback import Fallback
from wabot.language.triggers.time_based import TimeBased
from wabot.lint.check import Check, Finding
from wabot.lint.samples import moments, ordinary, said
from wabot.lint.subject import Subject
from wabot.lint.wordings import wordings


@lru_cache(maxsize=1)  # two checks ask for it
def _echoes(subject: Subject) -> dict[str, set[str]]:
    """For each rule without limits, the rules that its reply triggers by its words."""
    found: dict[str, set[str]] = {}
    now = next(moments(subject.rule_set, subject.today), None)
    for rule in subject.rules:
        if now is None or not rule.enabled or rule.limited:
            continue
        for wording in wordings(subject, rule):
            answers = decide(subject.rule_set, said(wording.text), ordinary(now)).answers
            found.setdefault(rule.id, set()).update(
                answer.rule.id for answer in answers if not isinstance(answer.rule.trigger, Fallback | TimeBased)
            )
    return found


def _cycles(subject: Subject) -> Iterator[Finding]:
    echoes = _echoes(subject)
    rules = {rule.id: rule for rule in subject.rules}
    done: set[str] = set()
    for start in echoes:
        path = _round(echoes, start)
        if len(path) > 1 and not done & set(path):
            done |= set(path)
            way = " → ".join((*path, path[0]))
            message = f"each of these replies triggers the next rule: {way}; two bots would never stop"
            hint = "give one of them a `cooldown`, or word its reply otherwise"
            yield Finding(subject.place(rules[path[0]]).locate("id"), message, hint)


def _round(echoes: dict[str, set[str]], start: str) -> list[str]:
    """The shortest way from `start` back to it."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for target in sorted(echoes.get(way[-1], ())):
            if target == start:
                return way
            if target not in seen:
                seen.add(target)
                ways.append([*way, target])
    return []


def _own(subject: Subject) -> Iterator[Finding]:
    rules = {rule.id: rule for rule in subject.rules}
    for name, targets in _echoes(subject).items():
        if name in targets:
            message = "this reply repeats a keyword of its own rule: said back, it answers again"
            yield Finding(subject.place(rules[name]).locate("id"), message, "a `cooldown` ends such an exchange")


CHECKS = (
    Check("WB411", "warning", "Replies that trigger each other", _cycles),
    Check("WB412", "info", "A reply that triggers its own rule", _own),
)
