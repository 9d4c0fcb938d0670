"""Quick replies on their way out: `/salam` becomes what this customer reads."""

import re
from typing import Any, Final

from wabot.api.guard import Who
from wabot.api.house import House
from wabot.api.rendering import rendering_of
from wabot.model.context import Contact, Conversation

_SHORTCUT: Final = re.compile(r"/\S+")


def shortcut_of(text: str) -> str:
    """The quick reply that a text is nothing but the name of; "" for none."""
    said = text.strip()
    return said if _SHORTCUT.fullmatch(said) else ""


async def expand(house: House, who: Who, shortcut: str, row: Any) -> str:
    """The quick reply as the customer of a conversation (a row) reads it.

    Raises:
        Problem: 404, there is none; 403, it is for others; 422, its text fails for this customer.
    """
    contact = Contact(row["contact_phone"] or row["chat"], row["contact_name"])
    chat = Conversation(
        row["status"],
        row["priority"],
        earlier_messages=max(row["total_messages"] - 1, 0),
        assigned_to=row["assigned_to"],
    )
    return await rendering_of(house).quick_reply(who.tenant, shortcut, contact, chat, who.email)
