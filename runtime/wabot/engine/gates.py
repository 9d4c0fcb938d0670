"""What stops a message before any rule is asked, and what stops a rule that its trigger matched; each by its name."""

from datetime import datetime
from typing import Final

from wabot.engine.hours import is_open, local, local_day
from wabot.engine.rating import rates
from wabot.language.hours import DAY
from wabot.language.rule_set import Conditions, Rule, RuleSet, Tenant
from wabot.language.triggers.time_based import TimeBased
from wabot.model.context import WHOLE_CONTACT, Context
from wabot.model.csat import RATED
from wabot.model.message import EVENT_TYPES, Message

_SKEW: Final = 60_000
"""Milliseconds by which a clock may be corrected without anything of note."""


class Moment:
    """`context.now` on the tenant's wall clock, worked out only if something asks for it."""

    __slots__ = ("_at", "_rule_set", "now")

    def __init__(self, rule_set: RuleSet, now: int) -> None:
        self._rule_set = rule_set
        self._at: datetime | None = None
        self.now = now

    @property
    def at(self) -> datetime:
        if self._at is None:
            self._at = local(self.now, self._rule_set.tenant.timezone)
        return self._at

    @property
    def day(self) -> str:
        return self.at.date().isoformat()

    def shop(self) -> str:
        """ "open" or "closed"."""
        return "open" if is_open(self._rule_set.hours, self.at) else "closed"

    def holds(self, trigger: TimeBased) -> bool:
        hours = self._rule_set.hours if trigger.hours is None else trigger.hours
        return is_open(hours, self.at) == (trigger.state == "open")


def gate(tenant: Tenant, message: Message, context: Context) -> str | None:
    """Why this message is not for rules at all, or None. The order is part of the language: docs/rule-language.md."""
    if context.duplicate:
        return "duplicate"
    if message.from_me:
        return "from_me"
    if message.chat_kind != "direct":
        return "not_a_direct_chat"
    if message.type in EVENT_TYPES:
        return "not_a_message"
    settings = tenant.auto_reply
    if not settings.enabled:
        return "auto_reply_off"
    if context.paused:
        return "paused"
    if (settings.only or settings.except_) and out_of_scope(tenant, message.phone, context):
        return "not_in_scope"
    if context.contact.blocked:
        return "contact_blocked"
    conversation = context.conversation
    if conversation.status == "spam":
        return "conversation_spam"
    if conversation.survey and rates(message, context):
        return RATED
    if context.now - context.ahead - message.sent_at > settings.stale_after and message.sent_at:
        return "stale"
    if context.superseded:
        return "superseded"
    if conversation.paused_until is not None and conversation.paused_until > context.now:
        return "handled_by_person"
    if context.loop_suspected:
        return "loop_suspected"
    whole = context.usage.get(WHOLE_CONTACT) if context.usage else None
    if whole is not None and whole.count >= settings.max_per_contact_per_day:
        return "contact_daily_cap" if whole.day == local_day(context.now, tenant.timezone) else None
    return None


def out_of_scope(tenant: Tenant, phone: str, context: Context) -> bool:
    """Whether `only` and `except` leave this customer out; `phone` is the number where the contact's is not known."""
    settings = tenant.auto_reply
    names = {context.contact.phone or phone, *(f"tag:{tag}" for tag in context.contact.tags)}
    return bool(names & settings.except_) or bool(settings.only and not names & settings.only)


def failed_condition(rule: Rule, message: Message, context: Context, moment: Moment) -> str | None:
    """The first condition that does not hold, as `condition:NAME`, or None."""
    asked = rule.conditions
    if asked is None:
        return None
    if asked.first_message is not None and asked.first_message != (context.conversation.earlier_messages == 0):
        return "condition:first_message"
    if asked.message_type is not None and message.type not in asked.message_type:
        return "condition:message_type"
    if (tags := asked.customer_tags) is not None:
        has = context.contact.tags
        if (tags.any and not tags.any & has) or not tags.all <= has or tags.none & has:
            return "condition:customer_tags"
    if asked.hours is not None and asked.hours != moment.shop():
        return "condition:hours"
    return _failed_history(asked, context) or _failed_time(asked, moment)


def _failed_history(asked: Conditions, context: Context) -> str | None:
    contact, conversation = context.contact, context.conversation
    if asked.has_order_history is not None and asked.has_order_history != (contact.orders > 0):
        return "condition:has_order_history"
    if asked.segment is not None and contact.segment not in asked.segment:
        return "condition:segment"
    if asked.message_count is not None and not _within(conversation.earlier_messages + 1, *asked.message_count):
        return "condition:message_count"
    if asked.last_contact is not None:
        more, less = asked.last_contact
        last = conversation.last_contact
        ago = None if last is None else context.now - last
        # A customer never seen before is longer ago than anything.
        if (more is not None and ago is not None and ago <= more) or (
            less is not None and (ago is None or ago >= less)
        ):
            return "condition:last_contact"
    return None


def _failed_time(asked: Conditions, moment: Moment) -> str | None:
    if asked.days is not None and moment.at.weekday() not in asked.days:
        return "condition:days"
    if asked.between is not None:
        minute = moment.at.hour * 60 + moment.at.minute
        if not (asked.between.start <= minute < asked.between.end or minute + DAY < asked.between.end):
            return "condition:between"
    return None


def _within(value: int, least: int | None, most: int | None) -> bool:
    return (least is None or value >= least) and (most is None or value <= most)


def spent(rule: Rule, context: Context, moment: Moment) -> str | None:
    """Why a rule that matched must stay silent for this contact (`cooldown:7m12s`, `daily_cap:3/3`), or None."""
    used = context.usage.get(rule.id)
    if used is None:
        return None
    # An answer that lies in the future was given before the clock was set back: nobody knows how long ago.
    known = used.last <= context.now + _SKEW
    if rule.cooldown is not None and known and (left := used.last + rule.cooldown - context.now) > 0:
        return f"cooldown:{clock(left)}"
    if rule.max_per_day is not None and used.count >= rule.max_per_day and used.day == moment.day:
        return f"daily_cap:{used.count}/{rule.max_per_day}"
    return None


def clock(milliseconds: int) -> str:
    """432000 → 7m12s; parts of a second count as a whole one."""
    seconds = -(-milliseconds // 1000)
    parts = [(seconds // 86_400, "d"), (seconds // 3_600 % 24, "h"), (seconds // 60 % 60, "m"), (seconds % 60, "s")]
    shown = [f"{number}{unit}" for number, unit in parts if number]
    return "".join(shown[:2]) or "0s"
