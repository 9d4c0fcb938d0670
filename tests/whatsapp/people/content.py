"""All that a message can be, beside plain text."""

from typing import Any, Final, Literal

from tests.whatsapp.crypto.media import seal, unseal
from tests.whatsapp.server.media_host import NAME, MediaHost
from tests.whatsapp.wire.clock import now
from tests.whatsapp.wire.protobufs import e2e

Kind = Literal["image", "video", "audio", "document", "sticker"]
FIELDS: Final[dict[str, str]] = {
    "image": "imageMessage",
    "video": "videoMessage",
    "audio": "audioMessage",
    "document": "documentMessage",
    "sticker": "stickerMessage",
}
_TYPES: Final[dict[str, str]] = {
    "image": "image/jpeg",
    "video": "video/mp4",
    "audio": "audio/ogg; codecs=opus",
    "document": "application/pdf",
    "sticker": "image/webp",
}
_TIMES: Final = {"video": "seconds", "audio": "seconds"}


def file(host: MediaHost, kind: Kind, data: bytes, *, caption: str = "", name: str = "", mime: str = "") -> Any:
    """A message with a file, which is put on the media host, sealed. `name` is a document's."""
    sealed = seal(data, kind)
    path = host.put(sealed.blob)
    message = e2e.Message()
    part = getattr(message, FIELDS[kind])
    part.URL, part.directPath, part.mimetype = f"https://{NAME}{path}", path, mime or _TYPES[kind]
    part.mediaKey, part.mediaKeyTimestamp = sealed.key, now()
    part.fileSHA256, part.fileEncSHA256, part.fileLength = sealed.sha256, sealed.sealed_sha256, sealed.size
    if caption:
        part.caption = caption
    if kind == "document":
        part.fileName = part.title = name or "file"
    if kind in _TIMES:
        part.seconds = 3
    return message


def voice_note(host: MediaHost, data: bytes) -> Any:
    message = file(host, "audio", data)
    message.audioMessage.PTT = True
    return message


def fetch(host: MediaHost, message: Any) -> bytes:
    """The file of a message. Raises KeyError when the host has no such file, WrongFile when it is not the one."""
    kind = next(kind for kind, field in FIELDS.items() if message.HasField(field))
    part = getattr(message, FIELDS[kind])
    return unseal(host.get(part.directPath), part.mediaKey, kind)


def location(latitude: float, longitude: float, name: str = "", address: str = "") -> Any:
    return e2e.Message(
        locationMessage=e2e.LocationMessage(
            degreesLatitude=latitude, degreesLongitude=longitude, name=name, address=address
        )
    )


def live_location(latitude: float, longitude: float) -> Any:
    """The first of a person on the way."""
    place = e2e.LiveLocationMessage(degreesLatitude=latitude, degreesLongitude=longitude, sequenceNumber=1)
    return e2e.Message(liveLocationMessage=place)


def contact(name: str, number: str) -> Any:
    card = f"BEGIN:VCARD\nVERSION:3.0\nN:;{name};;;\nFN:{name}\nTEL;type=CELL;waid={number}:+{number}\nEND:VCARD"
    return e2e.Message(contactMessage=e2e.ContactMessage(displayName=name, vcard=card))


def contacts(*cards: Any) -> Any:
    """Several of `contact` in one message."""
    several = e2e.ContactsArrayMessage(
        displayName=f"{len(cards)} contacts", contacts=[one.contactMessage for one in cards]
    )
    return e2e.Message(contactsArrayMessage=several)


def captioned(document: Any) -> Any:
    """A document with a caption, as phones wrap it."""
    return e2e.Message(documentWithCaptionMessage=e2e.FutureProofMessage(message=document))


def text(words: str, *, quoted: str = "", of: str = "", forwarded: int = 0) -> Any:
    """A text that quotes the message with the id `quoted`, written by the address `of`, or that was forwarded so many
    times."""
    part = e2e.ExtendedTextMessage(text=words)
    if quoted:
        part.contextInfo.stanzaID, part.contextInfo.participant = quoted, of
        part.contextInfo.quotedMessage.conversation = "…"
    if forwarded:
        part.contextInfo.isForwarded, part.contextInfo.forwardingScore = True, forwarded
    return e2e.Message(extendedTextMessage=part)


def disappearing(message: Any) -> Any:
    """The message in a chat whose messages disappear."""
    return e2e.Message(ephemeralMessage=e2e.FutureProofMessage(message=message))


def view_once(message: Any) -> Any:
    """A picture or video that may be looked at once."""
    return e2e.Message(viewOnceMessageV2=e2e.FutureProofMessage(message=message))
