"""What a tenant's store tells the people who run it. Times are UTC milliseconds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from wabot.model.context import ConversationStatus, Priority
from wabot.model.turn import OutboxStatus

FOREVER: Final = 253_370_764_800_000
"""A pause without an end: until a person ends it. The first moment of the year 9999."""


@dataclass(frozen=True, slots=True)
class MessageKey:
    """Which message: `id` is WhatsApp's, unique within a chat."""

    chat: str
    id: str


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message of a chat. `id` is the store's own ("" while it is not decided), `wa_id` WhatsApp's ("" for what the
    bot said). `sender` is customer, cs, system or auto_reply."""

    id: str
    wa_id: str
    chat: str
    sender: str
    name: str
    type: str
    text: str
    status: str
    at: int
    error: str = ""


@dataclass(frozen=True, slots=True)
class StoredReply:
    """A row of the outbox and what became of it."""

    id: str
    chat: str
    rule: str
    text: str
    media: str
    status: OutboxStatus
    error: str
    due: int
    created: int
    sent: int | None


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """One rule that answered. `reply` is None when the rule sends nothing; `error` says why its text failed."""

    rule: str
    matched: str
    reply: str | None
    error: str
    sent: StoredReply | None


@dataclass(frozen=True, slots=True)
class Why:
    """A message, and what was decided about it. `reason` is "" while it is not decided; `trace` holds each rule with
    its outcome; `failure` is what kept a message that was set aside from being decided."""

    message: StoredMessage
    reason: str
    decided: int | None
    answers: Sequence[StoredAnswer] = ()
    trace: Sequence[tuple[str, str]] = ()
    failure: str = ""


@dataclass(frozen=True, slots=True)
class StoredConversation:
    """A chat as it stands. `assigned_to` is whom it waits for; `paused_until` is when the bot speaks there again."""

    chat: str
    name: str
    phone: str
    status: ConversationStatus
    priority: Priority
    assigned_to: str
    tags: Sequence[str]
    unread: int
    messages: int
    last_at: int | None
    last_from: str
    last_text: str
    paused_until: int | None


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was stored about a customer: `names` are their numbers, LIDs and chats, `journalled` the messages as
    they came in."""

    names: Sequence[str]
    contacts: int
    chats: int
    journalled: int

    def __bool__(self) -> bool:
        return bool(self.contacts or self.chats or self.journalled)
