"""What a decision uses up and changes, as values: the daemon stores them, a test run keeps them in memory."""

from collections.abc import Mapping
from typing import Final

from wabot.engine.decide import Decision
from wabot.engine.hours import local_day
from wabot.language.responses.handoff import ANYONE, ForwardToCs, SmartRoute
from wabot.language.rule_set import Answer, Rule, RuleSet
from wabot.model.context import WHOLE_CONTACT, Context, Priority, Usage

SPREAD: Final = 2_000
"""Milliseconds: a reply goes out after its delay plus up to this much, so that no two look alike."""


def used(rule_set: RuleSet, decision: Decision, context: Context) -> Mapping[str, Usage]:
    """The entries of `context.usage` as they are after the decision; only those that changed."""
    if not decision.answers:
        return {}
    day = local_day(context.now, rule_set.tenant.timezone)
    changed = {
        answer.rule.id: _once_more(context.usage.get(answer.rule.id), context.now, day)
        for answer in decision.answers
        if answer.act in ("", "chosen", "back")  # a menu that only says "not that one" has not opened again
    }
    whole = _once_more(context.usage.get(WHOLE_CONTACT), context.now, day)
    changed[WHOLE_CONTACT] = Usage(whole.last, day, whole.count + len(decision.answers) - 1)
    return changed


def delay(rule_set: RuleSet, rule: Rule) -> tuple[int, int]:
    """The least and the most milliseconds between a message and this rule's reply."""
    least = rule_set.tenant.auto_reply.delay if rule.delay is None else rule.delay
    return least, least + SPREAD


def tags(decision: Decision) -> frozenset[str]:
    """What is added to the conversation's tags."""
    return frozenset[str]().union(*(answer.rule.tags for answer in decision.answers))


def priority(decision: Decision) -> Priority | None:
    """The conversation's new priority: that of the first rule that sets one."""
    return next((answer.rule.set_priority for answer in decision.answers if answer.rule.set_priority), None)


def assigned_to(decision: Decision) -> str | None:
    """Whom the chat is for now (`team:cs` …), if a rule called a person; the chat then waits for one."""
    return next((target for answer in decision.answers if (target := called(answer))), None)


def called(answer: Answer) -> str:
    """Whom one answer calls, "" for nobody."""
    response = answer.rule.response
    if answer.act in ("forward_to_cs", "give_up"):
        return ANYONE
    return response.to if isinstance(response, ForwardToCs | SmartRoute) else ""


def _once_more(before: Usage | None, now: int, day: str) -> Usage:
    return Usage(now, day, before.count + 1 if before is not None and before.day == day else 1)
