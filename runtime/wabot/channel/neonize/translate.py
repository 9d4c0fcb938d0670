"""The library's events as the values that the rest of wabot speaks. Pure: protobuf in, value out.

The protobufs come without types, so this module and `library` are the only ones that look into them.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

from wabot.channel.neonize.addresses import Addresses
from wabot.model.message import ChatKind, EventType, Message, MessageType

Kind = MessageType | EventType

# Envelopes around the message itself: disappearing, view once, a caption on a document, sent from another device.
_ENVELOPES: Final = (
    "deviceSentMessage",
    "ephemeralMessage",
    "viewOnceMessage",
    "viewOnceMessageV2",
    "viewOnceMessageV2Extension",
    "documentWithCaptionMessage",
    "lottieStickerMessage",
    "groupMentionedMessage",
    "associatedChildMessage",
)
# Field, what it is, and the path to its text. The first that is present decides: what is about another message stands
# before what is one, because WhatsApp may put both into one event.
_CONTENT: Final[tuple[tuple[str, Kind, tuple[str, ...]], ...]] = (
    ("reactionMessage", "reaction", ("text",)),
    ("encReactionMessage", "reaction", ()),
    ("editedMessage", "edit", ()),
    ("secretEncryptedMessage", "edit", ()),
    ("pollUpdateMessage", "poll_vote", ()),
    ("extendedTextMessage", "text", ("text",)),
    ("imageMessage", "image", ("caption",)),
    ("videoMessage", "video", ("caption",)),
    ("ptvMessage", "video", ()),
    ("audioMessage", "audio", ()),
    ("documentMessage", "document", ("caption",)),
    ("stickerMessage", "sticker", ()),
    ("locationMessage", "location", ("comment",)),
    ("liveLocationMessage", "location", ("caption",)),
    ("contactMessage", "contact", ()),
    ("contactsArrayMessage", "contact", ()),
    ("buttonsResponseMessage", "text", ("selectedDisplayText",)),
    ("templateButtonReplyMessage", "text", ("selectedDisplayText",)),
    ("listResponseMessage", "text", ("title",)),
    ("interactiveResponseMessage", "text", ("body", "text")),
)
_PROTOCOL: Final[dict[str, EventType]] = {"REVOKE": "revoke", "MESSAGE_EDIT": "edit"}
# The message stanza's `edit` attribute: an edit; a revocation by the sender or by a group's admin.
_EDIT: Final[dict[str, EventType]] = {"1": "edit", "7": "revoke", "8": "revoke"}
_SERVERS: Final[dict[str, ChatKind]] = {"g.us": "group", "broadcast": "status", "newsletter": "newsletter"}
_PHONES: Final = ("s.whatsapp.net", "c.us", "hosted")
_LIDS: Final = ("lid", "hosted.lid")
# "Inactive" is a delivery to a device whose screen is off.
_RECEIPTS: Final[dict[str, Literal["delivered", "read"]]] = {
    "DELIVERED": "delivered",
    "INACTIVE": "delivered",
    "READ": "read",
    "PLAYED": "read",
}


@dataclass(frozen=True, slots=True)
class Ack:
    """A receipt for the message with WhatsApp's id `id`. `at` is UTC milliseconds."""

    id: str
    status: Literal["delivered", "read"]
    at: int


def enum_name(body: Any, field: str) -> str:
    """The name of the value that the protobuf `body` holds in its enum field `field`; "" for an unknown number."""
    values = body.DESCRIPTOR.fields_by_name[field].enum_type.values_by_number
    number = getattr(body, field)
    return str(values[number].name) if number in values else ""


def millis(timestamp: int) -> int:
    """UTC milliseconds; the library gives seconds in some events and milliseconds in others."""
    return timestamp * 1000 if timestamp < 100_000_000_000 else timestamp


def read_message(event: Any, addresses: Addresses) -> Message:
    """The library's MessageEv as a Message. What is learnt about who is who is noted in `addresses`."""
    info, source = event.Info, event.Info.MessageSource
    chat_kind: ChatKind = _SERVERS.get(source.Chat.Server, "direct")
    if chat_kind == "direct":
        person = (source.Chat, source.RecipientAlt if source.IsFromMe else source.SenderAlt)
    else:
        person = (source.Sender, source.SenderAlt)
    lid = next((jid.User for jid in person if jid.Server in _LIDS), "")
    phone = next((jid.User for jid in person if jid.Server in _PHONES), "")
    lid = lid or addresses.lid_of(phone)
    phone = phone or addresses.phone_of(lid)
    addresses.learn(lid, phone)
    kind, text = _content(event)
    if chat_kind == "direct" and not (lid or phone):  # a bot of WhatsApp's own, a chat bridged from another service
        kind = "other"
    return Message(
        id=info.ID,
        chat=(lid or phone or source.Chat.User) if chat_kind == "direct" else source.Chat.User,
        text=text,
        type=kind,
        chat_kind=chat_kind,
        from_me=source.IsFromMe,
        phone=phone,
        lid=lid,
        name="" if source.IsFromMe else info.Pushname,
        sent_at=millis(info.Timestamp),
    )


def read_receipt(event: Any) -> list[Ack]:
    """The library's ReceiptEv; empty when it says nothing about what the customer's phone did."""
    status = _RECEIPTS.get(enum_name(event, "Type"))
    if status is None or event.MessageSource.IsFromMe:
        return []
    return [Ack(str(id), status, millis(event.Timestamp)) for id in event.MessageIDs]


def _content(event: Any) -> tuple[Kind, str]:
    info, body = event.Info, event.Message
    # What the account's devices tell each other (key shares, app state): nobody wrote anything.
    if info.Category == "peer":
        return "other", ""
    for _ in range(8):
        envelope = next((name for name in _ENVELOPES if body.HasField(name)), None)
        if envelope is None:
            break
        body = getattr(body, envelope).message
    if body.HasField("protocolMessage"):
        return _PROTOCOL.get(enum_name(body.protocolMessage, "type"), "other"), ""
    if info.Edit in _EDIT:
        return _EDIT[info.Edit], ""
    if event.IsEdit:
        return "edit", ""
    for field, kind, path in _CONTENT:
        if body.HasField(field):
            value: Any = getattr(body, field)
            for step in path:
                value = getattr(value, step)
            return kind, str(value) if path else ""
    return ("text", str(body.conversation)) if body.conversation else ("other", "")
