"""Whom a person writes to: what a text may say of a customer and their chat."""

import json

from wabot.model.context import Contact, Conversation
from wabot.store.sqlite.queries import Ask


def addressee(ask: Ask, conversation: str) -> tuple[Contact, Conversation] | None:
    """The customer of a conversation, by its id, and how it stands; None when there is no such conversation."""
    chat = ask("conversation_by_id", id=conversation).fetchone()
    if chat is None:
        return None
    contact = ask("contact_by_id", id=chat["contact_id"]).fetchone()
    return (
        Contact(
            phone=contact["phone"],
            name=contact["name"],
            tags=frozenset(json.loads(contact["tags"])),
            orders=contact["total_orders"],
            segment=contact["segment"],
        ),
        Conversation(
            status=chat["status"],
            priority=chat["priority"],
            tags=frozenset(json.loads(chat["tags"])),
            earlier_messages=max(chat["customer_messages"] - 1, 0),
            assigned_to=chat["assigned_to"],
        ),
    )
