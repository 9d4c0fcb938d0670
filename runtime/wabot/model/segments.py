"""Which segment a customer is in: new, regular, vip or inactive, by thresholds. Pure."""

from typing import Final, Literal

from wabot.model.context import Context
from wabot.model.value import changed, value

Segment = Literal["new", "regular", "vip", "inactive"]

_DAY: Final = 86_400_000


@value
class Segments:
    """From how many messages, or orders, a customer is in a segment (None: never by those). `inactive_after` is
    milliseconds without a message of theirs."""

    regular_messages: int | None = 10
    regular_orders: int | None = None
    vip_messages: int | None = 100
    vip_orders: int | None = 5
    inactive_after: int = 60 * _DAY


def segment(by: Segments, messages: int, orders: int, last_contact: int | None, now: int) -> Segment:
    """The segment of a customer who is writing `now`. `messages` counts theirs, this one included; `last_contact` is
    when they wrote before it (None: never). Who was away that long is inactive for the message that ends it."""
    if last_contact is not None and now - last_contact >= by.inactive_after:
        return "inactive"
    if _reached(by.vip_messages, messages) or _reached(by.vip_orders, orders):
        return "vip"
    if _reached(by.regular_messages, messages) or _reached(by.regular_orders, orders):
        return "regular"
    return "new"


def in_segment(context: Context, by: Segments) -> Context:
    """The context with the customer's segment, which stays as it is when a person has set it."""
    contact, chat = context.contact, context.conversation
    if contact.segment:
        return context
    found = segment(by, chat.earlier_messages + 1, contact.orders, chat.last_contact, context.now)
    return changed(context, contact=changed(contact, segment=found))


def _reached(threshold: int | None, number: int) -> bool:
    return threshold is not None and number >= threshold
