"""All that a decision may know beside the message and the rules."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from wabot.model.people import Operator
from wabot.model.value import value

Priority = Literal["low", "normal", "high", "urgent"]
ConversationStatus = Literal["active", "pending", "resolved", "closed", "spam"]

NOTHING_USED: Final[Mapping[str, "Usage"]] = MappingProxyType({})
MUTED_FOR: Final = 600_000
"""Milliseconds of a customer's silence after which a chat that was muted as a loop is answered again."""
WHOLE_CONTACT: Final = "*"
"""The key under which `Context.usage` counts all automatic replies to the contact, whatever the rule."""
SOMEBODY: Final = "6281200000000"
"""The number of a customer of whom nothing is said; no tenant's, not even of one that was only just begun."""


@value
class Usage:
    """How often, and when last, a rule answered one contact. `last` is UTC milliseconds; `count` belongs to `day`, the
    tenant's local date as YYYY-MM-DD."""

    last: int
    day: str
    count: int


@value
class Contact:
    """The customer. `name` is what the customer calls themselves, "" when unknown; `phone` has digits only."""

    phone: str = ""
    name: str = ""
    tags: frozenset[str] = frozenset()
    orders: int = 0
    segment: str = ""
    blocked: bool = False


@value
class OpenMenu:
    """A menu that a chat's next message may choose from: the rule that opened it, until when (UTC milliseconds), how
    often in a row nothing was chosen, and through which menus the customer came here (outermost first)."""

    rule: str
    until: int
    misses: int = 0
    trail: tuple[str, ...] = ()


CLOSED: Final = OpenMenu("", 0)
"""No menu is open."""


@value
class Burst:
    """Messages of a customer in quick succession: when the first came, until when another one belongs to them (UTC
    milliseconds), and the rules that answered."""

    since: int
    until: int
    rules: tuple[str, ...] = ()


ALONE: Final = Burst(0, 0)
"""The customer wrote nothing a moment ago."""


@value
class Conversation:
    """The chat before this message. `earlier_messages` counts the customer's; `last_contact` and `paused_until` are UTC
    milliseconds: a person's message pauses the bot in this chat until then. `assigned_to` is whom it was routed to
    (`team:cs`, `role:supervisor`, `operator:E-MAIL`, "" for nobody); "pending" means that it waits for a person.
    `operator` is the e-mail address of whoever has the chat; `told_to_wait`: while it waits, the customer was told that
    nobody is there. `muted`: the bot is silent there since two machines seemed to answer each other. `survey`: the
    customer was asked how they liked the help they got, and has not answered yet."""

    status: ConversationStatus = "active"
    priority: Priority = "normal"
    tags: frozenset[str] = frozenset()
    earlier_messages: int = 0
    last_contact: int | None = None
    paused_until: int | None = None
    menu: OpenMenu = CLOSED
    assigned_to: str = ""
    operator: str = ""
    told_to_wait: bool = False
    muted: bool = False
    burst: Burst = ALONE
    survey: bool = False


@value
class Context:
    """`now` is UTC milliseconds. `usage` maps rule ids (and `WHOLE_CONTACT`) to what this contact used of them.
    `superseded`: the message lay undelivered, and the same chat has a newer one. `paused`: a person has paused the
    whole tenant. `operators` are the people who answer in wabot, if any. `ahead`: milliseconds by which the machine's
    clock runs ahead of the one that stamps messages."""

    now: int
    contact: Contact = Contact()
    conversation: Conversation = Conversation()
    usage: Mapping[str, Usage] = NOTHING_USED
    duplicate: bool = False
    loop_suspected: bool = False
    superseded: bool = False
    paused: bool = False
    operators: tuple[Operator, ...] = ()
    ahead: int = 0
