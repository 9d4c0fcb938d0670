"""Ordinary customers and moments, for checks that ask the real engine."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final

from wabot.engine.hours import is_open
from wabot.language.rule_set import RuleSet
from wabot.model.context import Contact, Context, Conversation
from wabot.model.message import Message

CUSTOMER: Final = "6281100000000"
BUDI: Final = Contact(CUSTOMER, "Budi Santoso", orders=1)
NAMELESS: Final = Contact(CUSTOMER)
_WEEK: Final = 7 * 24 * 2


def said(text: str) -> Message:
    """A message with this text."""
    return Message("L1", CUSTOMER, text, phone=CUSTOMER)


def ordinary(now: int, contact: Contact = BUDI) -> Context:
    """A customer who has written before, a day ago."""
    return Context(now, contact, Conversation(earlier_messages=5, last_contact=now - 86_400_000))


def moments(rule_set: RuleSet, today: date) -> Iterator[int]:
    """One moment (UTC milliseconds) at which the shop is open and one at which it is closed, as far as there are
    such within a week of `today`; at noon today when its hours are always the same."""
    start = datetime.combine(today, time(12), rule_set.tenant.timezone)
    wanted = {True, False}
    if rule_set.hours.always:
        wanted = {True}
    for half_hours in range(_WEEK):
        at = start + timedelta(minutes=30 * half_hours)
        state = is_open(rule_set.hours, at)
        if state in wanted:
            wanted.discard(state)
            yield int(at.timestamp() * 1000)
        if not wanted:
            return
