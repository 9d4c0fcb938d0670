"""Texts that a tenant's rules know although a limit may hold them back: a new rule must not answer these in their
place."""

from collections.abc import Iterator

from wabot.engine.normalize import fold
from wabot.engine.trace import in_text
from wabot.language.conversation import Say, read_conversations
from wabot.language.rule_set import Rule, RuleSet
from wabot.language.tenant import Loaded
from wabot.language.triggers.keyword import Keyword
from wabot.language.triggers.pattern import Pattern
from wabot.lint.survey import Survey


def known_texts(loaded: Loaded) -> tuple[str, ...]:
    """Folded texts, sorted: what matches each keyword and regex of a rule with a cooldown or a daily maximum, its
    examples, and what customers say in tests. Rules without a limit, whose priority is higher, are asked first anyway.
    """
    rule_set = loaded.readable
    if rule_set is None:
        return ()
    limited = [rule for rule in rule_set.rules if rule.enabled and rule.limited]
    limited = [rule for rule in limited if isinstance(rule.trigger, Keyword | Pattern)]
    if not limited:
        return ()
    found = {*_samples(rule_set), *_examples(loaded), *_said(loaded)}
    return tuple(sorted(fold(text) for text in found if any(_takes(rule, text) for rule in limited)))


def _takes(rule: Rule, text: str) -> bool:
    return isinstance(rule.trigger, Keyword | Pattern) and in_text(rule.trigger, text) is not None


def _samples(rule_set: RuleSet) -> Iterator[str]:
    for readings in Survey(rule_set).readings.values():
        for reading in readings:
            yield from (part.sample for part in reading.parts)
    for rule in rule_set.rules:
        if isinstance(rule.trigger, Keyword) and rule.trigger.match != "regex":
            yield from rule.trigger.keywords


def _examples(loaded: Loaded) -> Iterator[str]:
    for document in loaded.documents:
        for entry in document.entries if document.kind == "rules" else ():
            yield from (entry or {}).get("examples", {}).get("match", ())


def _said(loaded: Loaded) -> Iterator[str]:
    for document in loaded.tests:
        for conversation in read_conversations(document):
            yield from (step.text for step in conversation.steps if isinstance(step, Say))
