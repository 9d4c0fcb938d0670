"""A customer, a message and a moment in which given rules may answer, to ask the engine there."""

from dataclasses import replace
from typing import Final, NamedTuple, get_args

from wabot.engine.decide import decide
from wabot.engine.gates import Moment, failed_condition
from wabot.engine.hours import is_open, local
from wabot.language.rule_set import AutoReply, Conditions, Decision, Rule, RuleSet
from wabot.language.triggers.time_based import TimeBased
from wabot.language.triggers.welcome import Welcome
from wabot.model.context import Contact, Context, Conversation
from wabot.model.message import Message, MessageType

_MONDAY: Final = 1_769_360_400_000
"""Monday 2026-01-26 00:00 in Jakarta."""
_HALF_HOURS: Final = tuple(_MONDAY + step * 1_800_000 for step in (*range(20, 336), *range(20)))
"""A week, from its Monday at 10:00 on."""
_PHONE: Final = "6281100000009"
_EARLIER_MESSAGES: Final = 5
_DAY: Final = 86_400_000


class Situation(NamedTuple):
    """`message` is still without text. `rule_set` is the tenant's, with its gates (only, except, enabled) out of the
    way: they do not tell rules apart."""

    rule_set: RuleSet
    message: Message
    context: Context

    def decide(self, text: str) -> Decision:
        return decide(self.rule_set, replace(self.message, text=text), self.context)

    def allows(self, rule: Rule) -> bool:
        """Whether the rule's conditions hold here, and its trigger if that is not in the text."""
        moment = Moment(self.rule_set, self.context.now)
        if isinstance(rule.trigger, TimeBased) and not moment.holds(rule.trigger):
            return False
        if isinstance(rule.trigger, Welcome) and self.context.conversation.earlier_messages:
            return False
        return failed_condition(rule, self.message, self.context, moment) is None


def ordinary(rule_set: RuleSet) -> Situation:
    """A known customer without tags writes a text while the shop is open (if it ever is)."""
    hours, zone = rule_set.hours, rule_set.tenant.timezone
    now = next((now for now in _HALF_HOURS if is_open(hours, local(now, zone))), _HALF_HOURS[0])
    neutral = replace(rule_set, tenant=replace(rule_set.tenant, auto_reply=AutoReply()))
    return Situation(
        neutral,
        Message("M1", _PHONE, phone=_PHONE, sent_at=now),
        Context(now, Contact(_PHONE), Conversation(earlier_messages=_EARLIER_MESSAGES, last_contact=now - _DAY)),
    )


def situation(usual: Situation, rule: Rule) -> Situation | None:
    """The situation nearest to the usual one in which the rule may answer. None: none was found."""
    if usual.allows(rule):
        return usual
    asked = rule.conditions or Conditions()
    message = replace(usual.message, type=_message_type(asked))
    contact = replace(
        usual.context.contact,
        tags=_tags(asked),
        orders=int(asked.has_order_history is True),
        segment=min(asked.segment or ("",)),
    )
    earlier = _earlier_messages(rule, asked)
    for now in (usual.context.now, *_HALF_HOURS):
        chat = Conversation(earlier_messages=earlier, last_contact=_last_contact(asked, now) if earlier else None)
        context = replace(usual.context, now=now, contact=contact, conversation=chat)
        made = Situation(usual.rule_set, replace(message, sent_at=now), context)
        if made.allows(rule):
            return made
    return None


def _earlier_messages(rule: Rule, asked: Conditions) -> int:
    if isinstance(rule.trigger, Welcome) or asked.first_message is True:
        return 0
    least, most = asked.message_count or (None, None)
    earlier = max(_EARLIER_MESSAGES, (least or 1) - 1)
    return earlier if most is None else min(earlier, most - 1)


def _last_contact(asked: Conditions, now: int) -> int:
    more, less = asked.last_contact or (None, None)
    if less is not None:
        return now - (less + (more or 0)) // 2
    return now - _DAY - (more or 0)


def _message_type(asked: Conditions) -> MessageType:
    if asked.message_type is None or "text" in asked.message_type:
        return "text"
    return next(kind for kind in get_args(MessageType) if kind in asked.message_type)


def _tags(asked: Conditions) -> frozenset[str]:
    wanted = asked.customer_tags
    return frozenset() if wanted is None else wanted.all | frozenset(sorted(wanted.any)[:1])
