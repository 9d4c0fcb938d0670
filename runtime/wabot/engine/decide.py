"""The decision: which rules answer a message, or why none does. The steps are those of docs/rule-language.md."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from wabot.engine.gates import Moment, failed_condition, gate, spent
from wabot.engine.normalize import visible
from wabot.language.rule_set import Candidate, Rule, RuleSet
from wabot.language.triggers.time_based import TimeBased
from wabot.model.context import Context
from wabot.model.message import Message

MOST_ANSWERS: Final = 3
NO_GROUPS: Final[Mapping[str, str]] = MappingProxyType({})


class Answer(NamedTuple):
    """A rule that answers: `matched` is the keyword, or the text that a regex matched ("" where the trigger is not in
    the text); `groups` are a regex's named groups."""

    rule: Rule
    matched: str = ""
    groups: Mapping[str, str] = NO_GROUPS


class Decision(NamedTuple):
    """`answers` in the order in which they are sent. `reason` is "answered", or the name of what kept wabot silent: a
    gate, "cooldown", "daily_cap" or "no_match". Why each single rule did or did not answer: `wabot.engine.trace`."""

    answers: tuple[Answer, ...]
    reason: str


_NO_MATCH: Final = Decision((), "no_match")


def decide(rule_set: RuleSet, message: Message, context: Context) -> Decision:
    """Decide one message. Pure: the same arguments give the same decision, and nothing is changed."""
    stopped = gate(rule_set.tenant, message, context)
    if stopped is not None:
        return Decision((), stopped)
    matcher = rule_set.matcher
    candidates: Sequence[Candidate] = matcher.candidates(message.text)
    welcomes = matcher.welcomes if context.conversation.earlier_messages == 0 else ()
    if matcher.timed or welcomes:
        candidates = sorted([*candidates, *welcomes, *matcher.timed])
    if not candidates and not matcher.fallbacks:
        return _NO_MATCH
    moment = Moment(rule_set, context.now)
    answers, held = _first(rule_set.rules, candidates, message, context, moment)
    if not answers and not held and matcher.fallbacks:
        answers, held = _first(rule_set.rules, matcher.fallbacks, message, context, moment)
    if answers:
        return Decision(tuple(answers), "answered")
    return Decision((), held.partition(":")[0]) if held else _NO_MATCH


def _first(
    rules: Sequence[Rule], candidates: Sequence[Candidate], message: Message, context: Context, moment: Moment
) -> tuple[list[Answer], str]:
    """The answers of the best candidates, and the first reason for which one was held back ("" = none was)."""
    answers: list[Answer] = []
    held = ""
    settled = -1
    raw: bytes | None = None
    for rank, _, keyword, regex in candidates:
        if rank == settled:  # another keyword of the same rule
            continue
        rule = rules[rank]
        matched, groups = keyword, NO_GROUPS
        if regex is not None:
            if raw is None:
                raw = visible(message.text).encode("utf-8", "replace")
            spans = regex.find(raw)
            if spans is None:
                continue
            matched = raw[spans[0][0] : spans[0][1]].decode("utf-8", "replace")
            groups = regex.named(raw, spans)
        elif not keyword and isinstance(rule.trigger, TimeBased) and not moment.holds(rule.trigger):
            continue
        settled = rank
        if rule.conditions is not None and failed_condition(rule, message, context, moment) is not None:
            continue
        reason = spent(rule, context, moment) if context.usage else None
        if reason is not None:
            held = held or reason
            continue
        answers.append(Answer(rule, matched, groups))
        if not rule.continues or len(answers) == MOST_ANSWERS:
            break
    return answers, held
