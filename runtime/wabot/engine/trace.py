"""Why each rule did or did not answer: every rule asked, one after the other, without the index.

Built only when somebody wants to read it. It is also the plainest statement of the language that there is: tests hold
`decide` to the same winners for every rule set and message that they can think of.
"""

from typing import NamedTuple

from wabot.engine.decide import MOST_ANSWERS
from wabot.engine.gates import Moment, failed_condition, gate, spent
from wabot.engine.index import at_word
from wabot.engine.normalize import exact, fold, visible
from wabot.language.regex import Regex
from wabot.language.rule_set import Rule, RuleSet
from wabot.language.triggers.fallback import Fallback
from wabot.language.triggers.keyword import Keyword
from wabot.language.triggers.pattern import Pattern
from wabot.language.triggers.time_based import TimeBased
from wabot.language.triggers.welcome import Welcome
from wabot.model.context import Context
from wabot.model.message import Message


class Outcome(NamedTuple):
    """One rule's part in a decision: `matched:"jam buka"`, `no_match`, `condition:hours`, `cooldown:7m12s`,
    `daily_cap:3/3`, `shadowed_by:RULE`, `disabled`, `over_three_rules` or `gate:NAME`."""

    rule: str
    outcome: str

    @property
    def answered(self) -> bool:
        return self.outcome.startswith("matched")


def explain(rule_set: RuleSet, message: Message, context: Context) -> tuple[Outcome, ...]:
    """The outcome of every rule, in the order of decision; fallback rules come last, as they are asked last."""
    stopped = gate(rule_set.tenant, message, context)
    if stopped is not None:
        return tuple(Outcome(rule.id, f"gate:{stopped}") for rule in rule_set.rules)
    rules = [rule for rule in rule_set.rules if not isinstance(rule.trigger, Fallback)]
    fallbacks = [rule for rule in rule_set.rules if isinstance(rule.trigger, Fallback)]
    asked = _Asking(message, context, Moment(rule_set, context.now))
    outcomes = [Outcome(rule.id, asked.outcome(rule)) for rule in rules]
    if not asked.winners and asked.held:
        asked.ended_by = asked.held
    elif asked.winners:
        asked.ended_by = asked.ended_by or asked.winners[-1]
    return (*outcomes, *(Outcome(rule.id, asked.outcome(rule)) for rule in fallbacks))


class _Asking:
    def __init__(self, message: Message, context: Context, moment: Moment) -> None:
        self.message, self.context, self.moment = message, context, moment
        self.winners: list[str] = []
        self.ended_by = ""
        self.held = ""

    def outcome(self, rule: Rule) -> str:
        if not rule.enabled:
            return "disabled"
        matched = triggered(rule, self.message.text, self.context, self.moment)
        if matched is None:
            return "no_match"
        failed = failed_condition(rule, self.message, self.context, self.moment)
        if failed is not None:
            return failed
        if self.ended_by:
            return "over_three_rules" if len(self.winners) == MOST_ANSWERS else f"shadowed_by:{self.ended_by}"
        reason = spent(rule, self.context, self.moment)
        if reason is not None:
            self.held = self.held or rule.id
            return reason
        self.winners.append(rule.id)
        if not rule.continues or len(self.winners) == MOST_ANSWERS:
            self.ended_by = rule.id
        return f'matched:"{matched}"' if matched else f"matched:{rule.trigger.kind}"


def triggered(rule: Rule, text: str, context: Context, moment: Moment) -> str | None:
    """What of `text` triggers the rule ("" when the trigger is not in the text), or None."""
    trigger = rule.trigger
    if isinstance(trigger, Welcome):
        return "" if context.conversation.earlier_messages == 0 else None
    if isinstance(trigger, TimeBased):
        return "" if moment.holds(trigger) else None
    if isinstance(trigger, Fallback):
        return ""
    return in_text(trigger, text)


def in_text(trigger: Keyword | Pattern, text: str) -> str | None:
    """The keyword that stands in `text`, or what a regex matched in it, or None."""
    if isinstance(trigger, Pattern) or trigger.match == "regex":
        raw = visible(text).encode("utf-8", "replace")
        for source in (trigger.regex,) if isinstance(trigger, Pattern) else trigger.keywords:
            span = Regex(source, trigger.case_sensitive).find(raw)
            if span is not None:
                return raw[span[0] : span[1]].decode("utf-8", "replace")
        return None
    form = exact if trigger.case_sensitive else fold
    seen = form(text)
    for keyword in trigger.keywords:
        literal = form(keyword)
        if literal and _matches(trigger.match, seen, literal):
            return keyword
    return None


def _matches(kind: str, text: str, literal: str) -> bool:
    if kind == "exact":
        return text == literal
    if kind == "starts_with":
        return text.startswith(literal)
    if kind == "ends_with":
        return text.endswith(literal)
    if kind == "contains":
        return literal in text
    start = text.find(literal)
    while start >= 0:
        if at_word(text, start, start + len(literal)):
            return True
        start = text.find(literal, start + 1)
    return False
