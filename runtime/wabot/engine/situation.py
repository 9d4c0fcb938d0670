"""A customer who writes, as whoever tries the rules out describes them: no store knows them."""

from typing import Final

from wabot.model.context import SOMEBODY, Contact, Context, Conversation
from wabot.model.message import Message, MessageType

_DAY: Final = 86_400_000


def situation(
    text: str,
    now: int,
    *,
    first: bool = False,
    name: str = "",
    tags: frozenset[str] = frozenset(),
    orders: int = 0,
    type: MessageType = "text",
) -> tuple[Message, Context]:
    """What such a customer writes at `now`, and what is known then. Unless it is their `first` message, the one before
    came a day ago."""
    chat = Conversation(earlier_messages=0 if first else 1, last_contact=None if first else now - _DAY)
    message = Message("T1", SOMEBODY, text, type, sent_at=now)
    return message, Context(now, Contact(SOMEBODY, name, tags, orders), chat)
