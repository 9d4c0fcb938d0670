"""Quick replies on their way out: `/salam` becomes what this customer reads."""

import re
from typing import Any, Final

from wabot.api.guard import Who
from wabot.api.house import House
from wabot.api.problems import Problem
from wabot.engine.quick_replies import expanded, is_for, known
from wabot.model.context import Contact, Conversation
from wabot.model.errors import RenderError

_SHORTCUT: Final = re.compile(r"/\S+")
PART: Final = "rendering"
"""`house.parts`: who renders where an endless template cannot stop the API."""


def shortcut_of(text: str) -> str:
    """The quick reply that a text is nothing but the name of; "" for none."""
    said = text.strip()
    return said if _SHORTCUT.fullmatch(said) else ""


async def expand(house: House, who: Who, shortcut: str, row: Any, now: int) -> str:
    """The quick reply as the customer of a conversation (a row) reads it.

    Raises:
        Problem: there is none of that name for whoever asks, or its text fails.
    """
    rules = await house.rules(who.tenant)
    reply = None if rules is None else known(rules.quick_replies, shortcut)
    if rules is None or reply is None or not is_for(reply, who.email):
        raise Problem(404, f"There is no quick reply {shortcut!r} for you here.", "NO_SUCH_QUICK_REPLY")
    contact = Contact(row["contact_phone"] or row["chat"], row["contact_name"])
    chat = Conversation(
        row["status"],
        row["priority"],
        earlier_messages=max(row["total_messages"] - 1, 0),
        assigned_to=row["assigned_to"],
    )
    try:
        if (rendering := house.parts.get(PART)) is not None:
            text: str = await rendering.quick_reply(who.tenant, reply, contact, chat, now)
            return text
        return expanded(rules, reply, contact, chat, now)
    except RenderError as error:
        raise Problem(422, f"The quick reply {shortcut} fails: {error}", "RENDER_FAILED") from None
