"""All that a decision may know beside the message and the rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal

Priority = Literal["low", "normal", "high", "urgent"]
ConversationStatus = Literal["active", "pending", "resolved", "closed", "spam"]

NOTHING_USED: Final[Mapping[str, "Usage"]] = MappingProxyType({})
WHOLE_CONTACT: Final = "*"
"""The key under which `Context.usage` counts all automatic replies to the contact, whatever the rule."""


@dataclass(frozen=True, slots=True)
class Usage:
    """How often, and when last, a rule answered one contact. `last` is UTC milliseconds; `count` belongs to `day`, the
    tenant's local date as YYYY-MM-DD."""

    last: int
    day: str
    count: int


@dataclass(frozen=True, slots=True)
class Contact:
    """The customer. `name` is what the customer calls themselves, "" when unknown; `phone` has digits only."""

    phone: str = ""
    name: str = ""
    tags: frozenset[str] = frozenset()
    orders: int = 0
    segment: str = ""
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """The chat before this message. `earlier_messages` counts the customer's; `last_contact` and `paused_until` are UTC
    milliseconds: a person's message pauses the bot in this chat until then."""

    status: ConversationStatus = "active"
    priority: Priority = "normal"
    tags: frozenset[str] = frozenset()
    earlier_messages: int = 0
    last_contact: int | None = None
    paused_until: int | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """`now` is UTC milliseconds. `usage` maps rule ids (and `WHOLE_CONTACT`) to what this contact used of them."""

    now: int
    contact: Contact = Contact()
    conversation: Conversation = Conversation()
    usage: Mapping[str, Usage] = field(default_factory=lambda: NOTHING_USED)
    duplicate: bool = False
    loop_suspected: bool = False
