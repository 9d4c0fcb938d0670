"""What stands in a message's protobuf: its kind, its text, and what came with it. Pure."""

import base64
import re
from typing import Any, Final, NamedTuple

from wabot.model.message import Attachment, Card, EventType, MessageType

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
# What the library needs to download a file; the rest (thumbnails, waveforms) would only fill the journal. Not the URL:
# its sender could name any machine there, and have ours ask it. The path is asked of WhatsApp's servers alone.
_DOWNLOAD: Final = (
    "mimetype",
    "fileSHA256",
    "fileLength",
    "mediaKey",
    "fileEncSHA256",
    "directPath",
    "mediaKeyTimestamp",
)
_TELEPHONE: Final = re.compile(r"^(?:item\d+\.)?TEL\b([^:\n]*):(.*)$", re.IGNORECASE | re.MULTILINE)
_WAID: Final = re.compile(r"waid=(\d+)", re.IGNORECASE)
_MOST_CARDS: Final = 50


class Content(NamedTuple):
    """As in `Message`."""

    kind: Kind
    text: str = ""
    quoted: str = ""
    forwarded: int = 0
    about: str = ""
    media: Attachment | None = None


def plain(text: Any) -> str:
    """A protobuf's string, which comes as bytes when a customer's app wrote bytes that are none."""
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)


def enum_name(body: Any, field: str) -> str:
    """The name of the value that the protobuf `body` holds in its enum field `field`; "" for an unknown number."""
    values = body.DESCRIPTOR.fields_by_name[field].enum_type.values_by_number
    number = getattr(body, field)
    return str(values[number].name) if number in values else ""


def read_content(body: Any, edit: str = "") -> Content:
    """The library's (or the history's) e2e.Message. `edit` is the stanza's attribute of that name, which may say what
    the message itself does not."""
    for _ in range(8):
        envelope = next((name for name in _ENVELOPES if body.HasField(name)), None)
        if envelope is None:
            break
        body = getattr(body, envelope).message
    if body.HasField("editedMessage") and body.editedMessage.message.HasField("protocolMessage"):
        body = body.editedMessage.message
    if body.HasField("protocolMessage"):
        return _protocol(body.protocolMessage)
    if edit in _EDIT and not body.HasField("reactionMessage"):  # a reaction that is taken back bears the mark, too
        return Content(_EDIT[edit])
    for field, kind, path in _CONTENT:
        if body.HasField(field):
            return _read(getattr(body, field), field, kind, path)
    return Content("text", plain(body.conversation)) if body.conversation else Content("other")


def _protocol(body: Any) -> Content:
    kind: Kind = _PROTOCOL.get(enum_name(body, "type"), "other")
    if kind == "revoke":
        return Content(kind, about=str(body.key.ID))
    if kind == "edit" and body.HasField("editedMessage"):
        return Content(kind, read_content(body.editedMessage).text, about=str(body.key.ID))
    return Content(kind)


def _read(part: Any, field: str, kind: Kind, path: tuple[str, ...]) -> Content:
    if field == "reactionMessage":
        return Content(kind, plain(part.text), about=str(part.key.ID))
    value: Any = part
    for step in path:
        value = getattr(value, step)
    quoted, forwarded = "", 0
    if "contextInfo" in part.DESCRIPTOR.fields_by_name and part.HasField("contextInfo"):
        context = part.contextInfo
        quoted = str(context.stanzaID)
        forwarded = max(int(context.forwardingScore), 1) if context.isForwarded else 0
    return Content(kind, plain(value) if path else "", quoted, forwarded, media=_media(part, field))


def _media(part: Any, field: str) -> Attachment | None:
    names = part.DESCRIPTOR.fields_by_name
    if field in ("locationMessage", "liveLocationMessage"):
        place = ", ".join(plain(text) for text in (getattr(part, "name", ""), getattr(part, "address", "")) if text)
        return Attachment(latitude=part.degreesLatitude, longitude=part.degreesLongitude, place=place)
    if field == "contactMessage":
        return Attachment(cards=(_card(part),))
    if field == "contactsArrayMessage":
        return Attachment(cards=tuple(_card(one) for one in part.contacts[:_MOST_CARDS]))
    if "mimetype" not in names:
        return None
    return Attachment(
        mime=str(part.mimetype),
        size=int(part.fileLength),
        name=plain(part.fileName or part.title) if field == "documentMessage" else "",
        seconds=int(part.seconds) if "seconds" in names else 0,
        source=_source(part, field),
    )


def _source(part: Any, field: str) -> str:
    """A message with nothing in it but how to download the file, in base64."""
    if not (part.directPath.startswith("/") and part.mediaKey):
        return ""
    from neonize.proto.waE2E import WAWebProtobufsE2E_pb2 as e2e

    alone = e2e.Message()
    # The library downloads a round video as the video that it is.
    target = getattr(alone, "videoMessage" if field == "ptvMessage" else field)
    for name in _DOWNLOAD:
        if part.HasField(name):
            setattr(target, name, getattr(part, name))
    return base64.b64encode(alone.SerializeToString()).decode()


def _card(part: Any) -> Card:
    numbers = []
    for told, number in _TELEPHONE.findall(plain(part.vcard)[:20_000]):
        known = _WAID.search(told)
        digits = known.group(1) if known else re.sub(r"\D", "", number)
        if digits and digits not in numbers:
            numbers.append(digits)
    return Card(plain(part.displayName), tuple(numbers))
