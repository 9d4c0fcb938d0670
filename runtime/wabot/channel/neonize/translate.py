"""The library's events as the values that the rest of wabot speaks. Pure: protobuf in, value out."""

from dataclasses import dataclass
from typing import Any, Final, Literal

from wabot.channel.neonize.addresses import Addresses
from wabot.channel.neonize.content import Content, enum_name, plain, read_content
from wabot.model.message import ChatKind, Message

_SERVERS: Final[dict[str, ChatKind]] = {"g.us": "group", "broadcast": "status", "newsletter": "newsletter"}
PHONES: Final = ("s.whatsapp.net", "c.us", "hosted")
LIDS: Final = ("lid", "hosted.lid")
# "Inactive" is a delivery to a device whose screen is off.
_RECEIPTS: Final[dict[str, Literal["delivered", "read"]]] = {
    "DELIVERED": "delivered",
    "INACTIVE": "delivered",
    "READ": "read",
    "PLAYED": "read",
}


@dataclass(frozen=True, slots=True)
class Ack:
    """A receipt for the message with WhatsApp's id `id` in `chat`. `at` is UTC milliseconds."""

    id: str
    status: Literal["delivered", "read"]
    at: int
    chat: str = ""


def says_nothing(event: Any) -> bool:
    """Whether the library's MessageEv is none of anybody's: what the account's devices tell each other (keys, where the
    history lies), or nothing but a key for a group. What was written with such a key follows as an event of its own,
    under the same id, and would be taken for the same message."""
    parts = {field.name for field, _ in event.Message.ListFields()} - {"messageContextInfo"}
    return event.Info.Category == "peer" or parts == {"senderKeyDistributionMessage"}


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
    lid = next((jid.User for jid in person if jid.Server in LIDS), "")
    phone = next((jid.User for jid in person if jid.Server in PHONES), "")
    lid, phone = addresses.both(lid, phone)
    addresses.learn(lid, phone)
    content = _content(event)
    if chat_kind == "direct" and not (lid or phone):  # a bot of WhatsApp's own, a chat bridged from another service
        content = Content("other")
    return Message(
        id=info.ID,
        chat=(lid or phone or source.Chat.User) if chat_kind == "direct" else source.Chat.User,
        text=content.text,
        type=content.kind,
        chat_kind=chat_kind,
        from_me=source.IsFromMe,
        phone=phone,
        lid=lid,
        name="" if source.IsFromMe else plain(info.Pushname),
        sent_at=millis(info.Timestamp),
        quoted=content.quoted,
        forwarded=content.forwarded,
        about=content.about,
        media=content.media,
    )


def announces_history(event: Any) -> bool:
    """Whether the MessageEv says that a history lies ready: the library downloads it by itself, and a HistorySyncEv
    follows."""
    return bool(event.Info.MessageSource.IsFromMe and event.Message.protocolMessage.HasField("historySyncNotification"))


def nameless(source: Any) -> str:
    """The LID of a customer whose number does not stand beside it; "" for everybody else."""
    return str(source.Chat.User) if source.Chat.Server in LIDS and not source.SenderAlt.User else ""


def unreadable(event: Any, addresses: Addresses) -> tuple[str, list[str]]:
    """The chat and ids of messages that a customer's phone could not decrypt, from the library's ReceiptEv."""
    if enum_name(event, "Type") != "RETRY" or event.MessageSource.IsFromMe:
        return "", []
    return _chat(event.MessageSource, addresses), [str(id) for id in event.MessageIDs]


def read_receipt(event: Any, addresses: Addresses | None = None) -> list[Ack]:
    """The library's ReceiptEv; empty when it says nothing about what the customer's phone did."""
    status = _RECEIPTS.get(enum_name(event, "Type"))
    if status is None or event.MessageSource.IsFromMe:
        return []
    chat = "" if addresses is None else _chat(event.MessageSource, addresses)
    return [Ack(str(id), status, millis(event.Timestamp), chat) for id in event.MessageIDs]


def read_typing(event: Any, addresses: Addresses) -> tuple[str, bool]:
    """The chat in which a customer begins or ends to type, from the library's ChatPresenceEv; "" where it is no
    customer's."""
    source = event.MessageSource
    return "" if source.IsFromMe else _chat(source, addresses), enum_name(event, "State") == "COMPOSING"


def _chat(source: Any, addresses: Addresses) -> str:
    """The chat of a receipt, named as its messages name it."""
    if source.Chat.Server in PHONES:
        return addresses.lid_of(source.Chat.User) or str(source.Chat.User)
    return str(source.Chat.User) if source.Chat.Server in LIDS else ""


def _content(event: Any) -> Content:
    if says_nothing(event):
        return Content("other")
    return read_content(event.Message, "1" if event.IsEdit and not event.Info.Edit else event.Info.Edit)
