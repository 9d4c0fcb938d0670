"""Rules whose every message an earlier rule takes: always, or except while the earlier one may not answer."""

from collections.abc import Iterator

from wabot.language.rule_set import Rule
from wabot.language.triggers.fallback import Fallback
from wabot.language.triggers.keyword import Keyword
from wabot.language.triggers.pattern import Pattern
from wabot.lint.check import Check, Finding
from wabot.lint.shadow import Shadowed, Taken, shadowed
from wabot.lint.subject import Subject
from wabot.lint.words import named, quoted


def _never(subject: Subject) -> Iterator[Finding]:
    for found in shadowed(subject):
        if found.whole and found.certain:
            message = f"the rule `{found.rule.id}` can never answer: {taken_by(found.taken[0], found.by)}"
            yield Finding(subject.place(found.rule).locate("id"), message, _hint(found))


def _at_times(subject: Subject) -> Iterator[Finding]:
    for found in shadowed(subject):
        if found.whole and not found.certain:
            limits = why_silent(found.rule, found.by)
            message = (
                f"the rule `{found.rule.id}` answers only while {named(found.by)} may not ({limits}): "
                f"{taken_by(found.taken[0], found.by)}"
            )
            yield Finding(subject.place(found.rule).locate("id"), message, _hint(found))


def taken_by(taken: Taken, by: tuple[Rule, ...]) -> str:
    """Who takes the messages, with one that shows it."""
    what = f"{named(by)} {'take' if len(by) > 1 else 'takes'} every message that it would answer"
    if taken.winners[-1] in by:
        return f"{what}, such as {quoted(taken.text)}"
    return f"{what}; {quoted(taken.text)} is answered by {named(taken.winners)}"


def why_silent(rule: Rule, by: tuple[Rule, ...]) -> str:
    """What lets the rule through at times: `its cooldown`, `their conditions`."""
    own = "its" if len(by) == 1 else "their"
    reasons = [
        (any(each.cooldown is not None for each in by), "cooldown"),
        (any(each.max_per_day is not None for each in by), "max_triggers_per_day"),
        (any(each.conditions not in (None, rule.conditions) for each in by), "conditions"),
    ]
    return f"{own} {', '.join(name for holds, name in reasons if holds)}"


def _hint(found: Shadowed) -> str:
    rule, first = found.rule, found.by[0]
    if isinstance(rule.trigger, Fallback):
        if isinstance(first.trigger, Fallback):
            return f"keep one of them, or give `{first.id}` conditions"
        return f"make `{first.id}` a fallback, or remove `{rule.id}`"
    if not isinstance(first.trigger, Keyword | Pattern):
        return f"give `{first.id}` conditions or a lower priority, or remove `{rule.id}`"
    if rule.priority == first.priority:
        return f"give `{rule.id}` a higher priority than `{first.id}` ({first.priority}), or remove it"
    return f"give `{rule.id}` a priority above {first.priority}, that of `{first.id}`, or remove it"


CHECKS = (
    Check("WB301", "warning", "A rule that can never answer", _never),
    Check("WB302", "info", "A rule that answers only while another may not", _at_times),
)
