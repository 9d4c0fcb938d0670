"""What one decided message leaves behind: written to the store in one transaction, or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from wabot.model.alert import Alert
from wabot.model.context import Burst, Context, OpenMenu, Priority, Usage
from wabot.model.message import Message
from wabot.model.people import Called

OutboundKind = Literal["reply", "person", "note"]
"""A rule's reply to a customer, what a person writes to one, or a note in the shop's chat with itself."""
OWN_NUMBER: Final = "own_number"
"""Why nothing is answered in the shop's chat with itself: there is no customer."""
OutboxStatus = Literal["queued", "sending", "sent", "delivered", "read", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """One rule that answered: what matched, the rendered reply (None when the rule sends nothing), or why it failed."""

    rule: str
    matched: str
    reply: str | None
    error: str = ""


@dataclass(frozen=True, slots=True)
class NewReply:
    """A reply to put into the outbox; `due` is the earliest moment to send it, UTC milliseconds. With `media`, the
    path of a file, `text` is its caption."""

    id: str
    text: str
    rule: str
    due: int
    media: str = ""


@dataclass(frozen=True, slots=True)
class NewFollowUp:
    """A message to be sent at `due` (UTC milliseconds): promised by a `rule`, or "" for a person's reminder."""

    id: str
    chat: str
    text: str
    rule: str
    due: int


@dataclass(frozen=True, slots=True)
class Turn:
    """One message, decided.

    `reason` is "answered", or why nothing was. `usage` holds only the entries that changed. `pause_until` (UTC
    milliseconds) is set when the message was a person's: the bot is silent in that chat until then, and its automatic
    replies that still wait there are cancelled in the same transaction. `trace` is JSON: why each rule did or did not
    answer; `error` is the traceback of a message that is set aside. `micros` is how long the decision took. `menu` is
    the chat's menu from now on (None: as before); `assigned_to` whom a rule called, for whom the chat now waits;
    `burst` is the burst that this message belongs to: replies to it that still wait are held until its end.
    `called` says how it is found who answers, and what the owner is told, when a rule called a person. `pending` makes
    it wait for a person though no rule called one. `mute_until` (UTC milliseconds) keeps the bot silent in a chat where
    two machines seem to answer each other; a person's message ends that. `segment` is the customer's from this message
    on ("": as before). `alerts` are for the people behind the tenant, raised with the turn or not at all. `follow_up`
    is what a rule says later; every turn ends what a rule was about to say in its chat. `begun` from the journal: when
    it is there no more, its customer was forgotten, and nothing is written.
    `rating` is the customer's answer to the question after a settled chat, which it does not open again. `in_hours`:
    whether the shop was open then (None: it does not matter).
    """

    message: Message
    at: int
    reason: str
    outcomes: tuple[RuleOutcome, ...] = ()
    replies: tuple[NewReply, ...] = ()
    usage: Mapping[str, Usage] | None = None
    tags: frozenset[str] = frozenset()
    segment: str = ""
    priority: Priority | None = None
    menu: OpenMenu | None = None
    assigned_to: str | None = None
    pending: bool = False
    burst: Burst | None = None
    mute_until: int | None = None
    pause_until: int | None = None
    error: str = ""
    trace: str = "[]"
    micros: int = 0
    begun: bool = False
    alerts: tuple[Alert, ...] = ()
    called: Called | None = None
    follow_up: NewFollowUp | None = None
    rating: int | None = None
    in_hours: bool | None = None


@dataclass(frozen=True, slots=True)
class Quoted:
    """The message that another one replies to: WhatsApp's id of it, whether the shop wrote it, and what it says."""

    id: str
    own: bool
    text: str


@dataclass(frozen=True, slots=True)
class Outbound:
    """A row of the outbox, on its way. Times are UTC milliseconds."""

    id: str
    chat: str
    text: str
    rule: str
    due: int
    created: int
    status: OutboxStatus = "queued"
    error: str = ""
    media: str = ""
    kind: OutboundKind = "reply"
    quoted: Quoted | None = None


REMINDER: Final = "(reminder)"
"""Stands for the rule of a message that a person had sent at a time: no rule has such an id."""


WRITING: Final = "customer_is_writing"
"""Why a follow-up waits: its chat has a message that is not decided yet."""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What became of a follow-up that fell due: it is `outbound` now, or it is refused; neither: it is pending no
    more."""

    outbound: Outbound | None
    refusal: str | None


@dataclass(frozen=True, slots=True)
class SendFacts:
    """What the sender checks again at the moment of sending; `due` moves when the customer goes on writing, and is 0
    for what is queued no more. `first_contact_stopped`: nobody who never got a message of ours is answered now, and
    this customer never did."""

    customer_wrote: bool
    blocked: bool
    paused_until: int | None
    sent_last_minute: int
    due: int = 0
    tenant_paused: bool = False
    first_contact_stopped: bool = False


LATER: Final = "later"
"""Why a reply is not claimed yet: the customer goes on writing, or it was moved to a later time."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Whether a reply is now `sending`. If not: `refusal` says why (None: it is no longer queued), and `due` when it is
    due by now."""

    claimed: bool
    refusal: str | None
    due: int


@dataclass(frozen=True, slots=True)
class Begun:
    """A try to decide a message: its number, from 1, and what is known, or the error that kept it from being read. A
    message that is in the journal no more has no try (0): its customer was forgotten."""

    tries: int
    context: Context | None
    error: Exception | None = None


ReceiptStatus = Literal["sent", "delivered", "read", "unreadable"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message that was sent: `outbound` is the outbox row's id, "" when the channel does not know it.
    `wa_id` is WhatsApp's id of the message in `chat`: with both, it is noted; with it alone, the message is found by
    it. "unreadable": the customer's phone could not decrypt it, and nobody can send it again under its id. `at` is UTC
    milliseconds."""

    outbound: str
    status: ReceiptStatus
    at: int
    chat: str = ""
    wa_id: str = ""
