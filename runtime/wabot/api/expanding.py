"""Quick replies on their way out: `/salam` becomes what this customer reads."""

import re
from typing import Final

from wabot.api.guard import Who
from wabot.api.house import House
from wabot.api.problems import unknown
from wabot.api.rendering import rendering_of
from wabot.store.sqlite.addressing import addressee

_SHORTCUT: Final = re.compile(r"/\S+")


def shortcut_of(text: str) -> str:
    """The quick reply that a text is nothing but the name of; "" for none."""
    said = text.strip()
    return said if _SHORTCUT.fullmatch(said) else ""


async def expand(house: House, who: Who, shortcut: str, conversation: str) -> str:
    """The quick reply as the customer of a conversation reads it.

    Raises:
        Problem: 404, there is no such conversation or quick reply, or that is for others; 422, its text fails for this
            customer.
    """
    found = house.desk(who.tenant).read(lambda ask: addressee(ask, conversation))
    if found is None:
        raise unknown("conversation", conversation)
    return await rendering_of(house).quick_reply(who.tenant, shortcut, *found, who.email)
