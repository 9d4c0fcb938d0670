"""Which rules of higher rank take a rule's own words from it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wabot.engine.trace import in_text
from wabot.engine.witness import witness
from wabot.language.rule_set import Rule, RuleSet
from wabot.language.triggers.keyword import Keyword
from wabot.language.triggers.pattern import Pattern


@dataclass(frozen=True, slots=True)
class Shadow:
    """A message that should trigger a rule, and the rule `by` which it is taken: `matched` is what of it triggers
    that one."""

    text: str
    by: Rule
    matched: str

    @property
    def always(self) -> bool:
        """Whether only that rule's cooldown or maximum leaves the message to others."""
        return self.by.conditions is None


def shadows(rule_set: RuleSet, rule: Rule) -> Iterator[Shadow]:
    """For each keyword (or a text that the regex matches), the rules of higher rank that it triggers and that end the
    search. Rules whose trigger is not in the text shadow nothing in particular, and are left out."""
    rank = rule_set.rules.index(rule)
    above = [
        other
        for other in rule_set.rules[:rank]
        if other.enabled and not other.continues and isinstance(other.trigger, Keyword | Pattern)
    ]
    for text in _own_words(rule):
        for other in above:
            matched = in_text(other.trigger, text) if isinstance(other.trigger, Keyword | Pattern) else None
            if matched is not None:
                yield Shadow(text, other, matched)
                if other.conditions is None:
                    break


def _own_words(rule: Rule) -> Sequence[str]:
    trigger = rule.trigger
    if isinstance(trigger, Keyword) and trigger.match != "regex":
        return trigger.keywords
    regexes: tuple[str, ...] = ()
    if isinstance(trigger, Keyword):
        regexes = trigger.keywords
    elif isinstance(trigger, Pattern):
        regexes = (trigger.regex,)
    made = [witness(regex, trigger.case_sensitive) for regex in regexes if isinstance(trigger, Keyword | Pattern)]
    return [text for text in made if text]
