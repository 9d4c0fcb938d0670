"""What a tenant's store tells the people who run it. Times are UTC milliseconds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from wabot.model.context import ConversationStatus, Priority
from wabot.model.message import Attachment
from wabot.model.people import Operator
from wabot.model.turn import OutboundKind, OutboxStatus

FOREVER: Final = 253_370_764_800_000
"""A pause without an end: until a person ends it. The first moment of the year 9999."""


@dataclass(frozen=True, slots=True)
class MessageKey:
    """Which message: `id` is WhatsApp's, unique within a chat."""

    chat: str
    id: str


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message of a chat. `id` is the store's own ("" while it is not decided), `wa_id` WhatsApp's ("" when it is not
    known). `sender` is customer, cs, system or auto_reply. `edits` holds what an edited message said before, oldest
    first, each with the moment until which; `reactions` (side, emoji); `quoting` is the text of the message that this
    one replies to, "" when that is not stored."""

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
    quoted: str = ""
    quoting: str = ""
    forwarded: int = 0
    media: Attachment | None = None
    media_file: str = ""
    media_error: str = ""
    edits: Sequence[tuple[str, int]] = ()
    revoked: int | None = None
    reactions: Sequence[tuple[str, str]] = ()
    imported: bool = False


@dataclass(frozen=True, slots=True)
class StoredReply:
    """A row of the outbox and what became of it. `operator` is the e-mail address of the person who wrote it."""

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
    kind: OutboundKind = "reply"
    operator: str = ""


@dataclass(frozen=True, slots=True)
class StoredFollowUp:
    """A message that goes out at a time. `rule` is "" for a person's reminder. `status` is pending, cancelled (`why`
    says why), or that of its row in the outbox (handed_over when that is not known)."""

    id: str
    chat: str
    rule: str
    text: str
    due: int
    created: int
    status: str
    why: str
    closed: int | None


@dataclass(frozen=True, slots=True)
class JobRun:
    """The last run of a job, and what came of it. `began` is None for one that never ran, known only since then; `ok`
    is None while it runs, and stays so when the process dies meanwhile."""

    job: str
    known_since: int
    began: int | None
    ended: int | None
    ok: bool | None
    detail: str


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
class StoredContact:
    """What is known of a customer. `segment` is as of their last message; `received` and `sent` count messages of
    theirs and ours; `conversations` those that they began."""

    segment: str = ""
    orders: int = 0
    conversations: int = 0
    received: int = 0
    sent: int = 0
    first_at: int | None = None
    last_at: int | None = None


@dataclass(frozen=True, slots=True)
class StoredConversation:
    """A chat as it stands. `assigned_to` is whom it is for, `operator` the e-mail address of whoever has it;
    `paused_until` is when the bot speaks there again; `waiting_since` is set while a person is needed; `reopened`
    counts how often the customer wrote again after it was settled; `taken_by` is where a person answered last
    ("phone", "operator", "": nobody did). `had_by` is who had it before, `handed_on` how often it was taken from
    somebody since a person answered; `unanswered_since` is set while whoever took it over has not answered the
    customer."""

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
    contact: StoredContact = StoredContact()
    operator: str = ""
    waiting_since: int | None = None
    resolved_at: int | None = None
    reopened: int = 0
    taken_by: str = ""
    had_by: str = ""
    handed_on: int = 0
    unanswered_since: int | None = None


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was stored about a customer: `names` are their numbers, LIDs and chats, `journalled` the messages as
    they came in, `orders` what is known of what they ordered."""

    names: Sequence[str]
    contacts: int
    chats: int
    journalled: int
    orders: int = 0

    def __bool__(self) -> bool:
        return bool(self.contacts or self.chats or self.journalled or self.orders)


@dataclass(frozen=True, slots=True)
class StoredOperator:
    """Somebody who answers, and what they did: chats settled, messages sent, milliseconds until their first answer on
    average (None: they never answered), and when they were last seen."""

    operator: Operator
    handled: int
    sent: int
    answers_after: int | None
    seen: int | None


@dataclass(frozen=True, slots=True)
class PersonSays:
    """What a person writes in a chat. `operator` is their e-mail address, "" for somebody who is none; `name` is what
    the chat shows; `pause` is for how many milliseconds the bot is silent there; `shortcut` names the quick reply that
    the text was made of, "" for none. `quoted` is our id of the message that this one replies to."""

    chat: str
    text: str
    operator: str = ""
    name: str = ""
    pause: int = 0
    shortcut: str = ""
    quoted: str = ""
