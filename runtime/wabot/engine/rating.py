"""Whether a message answers the question after a settled chat."""

import re
from typing import Final

from wabot.engine.normalize import exact
from wabot.model.context import Context
from wabot.model.message import Message

_RATING: Final = re.compile(r"([1-5])\u20e3?[.!]?")


def rating(message: Message) -> int | None:
    """The number that stands in the message alone, 1 to 5."""
    found = _RATING.fullmatch(exact(message.text)) if message.type == "text" else None
    return None if found is None else int(found[1])


def rates(message: Message, context: Context) -> bool:
    """Whether the message is the answer. With an open menu a number is a choice from it."""
    chat = context.conversation
    return chat.survey and chat.menu.until <= context.now and rating(message) is not None
