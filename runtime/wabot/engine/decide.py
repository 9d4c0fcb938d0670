"""The decision: which rules answer a message, or why none does. The steps are those of docs/rule-language.md."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Final

from wabot.engine.gates import Moment, failed_condition, gate, spent
from wabot.engine.menus import directed, missed, open_menu
from wabot.engine.normalize import visible
from wabot.language.rule_set import Answer, Candidate, Decision, RuleSet
from wabot.language.triggers.time_based import TimeBased
from wabot.model.context import Context
from wabot.model.message import Message

__all__ = ["MOST_ANSWERS", "Answer", "Decision", "decide"]

MOST_ANSWERS: Final = 3
_NO_MATCH: Final = Decision((), "no_match")
_ORDER: Final = itemgetter(0, 1)


def decide(rule_set: RuleSet, message: Message, context: Context) -> Decision:
    """Decide one message. Pure: the same arguments give the same decision, and nothing is changed."""
    stopped = gate(rule_set.tenant, message, context)
    if stopped is not None:
        return Decision((), stopped)
    matcher = rule_set.matcher
    menu = open_menu(rule_set, context) if context.conversation.menu.until else None
    if menu is not None:
        option = menu.chosen(message.text)
        if option is not None:
            chosen = directed(rule_set, menu, option, context) or _best(
                rule_set, menu.selections(option), message, context
            )
            if chosen is not _NO_MATCH:
                return chosen
    candidates: Sequence[Candidate] = matcher.candidates(message.text)
    welcomes = matcher.welcomes if context.conversation.earlier_messages == 0 else ()
    if welcomes or matcher.timed:
        candidates = sorted([*candidates, *welcomes, *matcher.timed], key=_ORDER)
    decision = _best(rule_set, candidates, message, context) if candidates else _NO_MATCH
    if decision is _NO_MATCH and menu is not None:
        return missed(menu, context)
    if decision is _NO_MATCH and matcher.fallbacks:
        return _best(rule_set, matcher.fallbacks, message, context)
    return decision


def _best(rule_set: RuleSet, candidates: Sequence[Candidate], message: Message, context: Context) -> Decision:
    """What the candidates decide, best first; `_NO_MATCH` itself if no trigger and condition of theirs holds."""
    answers: list[Answer] = []
    held = ""
    settled = -1
    raw: bytes | None = None
    moment: Moment | None = None
    usage = context.usage
    for rank, _, _, certain, regex, decision in candidates:
        if certain and not answers and (not usage or decision.answers[0].rule.id not in usage):
            return decision
        if rank == settled:  # another keyword of the same rule
            continue
        answer = decision.answers[0]
        rule = answer.rule
        if regex is not None:
            if raw is None:
                raw = visible(message.text).encode("utf-8", "replace")
            span = regex.find(raw)
            if span is None:
                continue
            answer = Answer(rule, raw[span[0] : span[1]].decode("utf-8", "replace"), regex.groups(raw))
        timed = rule.trigger if not answer.matched and isinstance(rule.trigger, TimeBased) else None
        used = usage.get(rule.id) if usage else None
        if timed is not None or rule.conditions is not None or used is not None:
            moment = moment or Moment(rule_set, context.now)
            if timed is not None and not moment.holds(timed):
                continue
            settled = rank
            if rule.conditions is not None and failed_condition(rule, message, context, moment) is not None:
                continue
            reason = None if used is None else spent(rule, context, moment)
            if reason is not None:
                held = held or reason
                continue
        settled = rank
        if not rule.continues and not answers:
            return decision if regex is None else Decision((answer,), "answered")
        answers.append(answer)
        if not rule.continues or len(answers) == MOST_ANSWERS:
            break
    if answers:
        return Decision(tuple(answers), "answered")
    return Decision((), held.partition(":")[0]) if held else _NO_MATCH
