"""Files, places and cards in messages: sealed as phones seal them, and opened as phones open them."""

import time
from typing import Any, Final

from tests.whatsapp.crypto.media import seal, unseal
from tests.whatsapp.people.heard import Heard
from tests.whatsapp.whatsapp import WhatsApp
from tests.whatsapp.wire.protobufs import e2e

_FIELDS: Final = {
    "image": "imageMessage",
    "video": "videoMessage",
    "audio": "audioMessage",
    "document": "documentMessage",
    "sticker": "stickerMessage",
}


def enclosed(whatsapp: WhatsApp, content: bytes, kind: str, **said: Any) -> Any:
    """A message with a file that lies on the media host. `said` are fields of its part, such as `caption`; what its
    sender says need not be true."""
    sealed, field = seal(content, kind), _FIELDS[kind]
    path = whatsapp.media.put(sealed.blob)
    facts = {
        "URL": f"https://mmg.whatsapp.net{path}",
        "directPath": path,
        "mediaKey": sealed.key,
        "fileSHA256": sealed.sha256,
        "fileEncSHA256": sealed.sealed_sha256,
        "fileLength": sealed.size,
        "mediaKeyTimestamp": int(time.time()),  # noqa: TID251 - a phone's clock
        **said,
    }
    message = e2e.Message()
    part = getattr(message, field)
    for name, value in facts.items():
        setattr(part, name, value)
    return message


def captioned(document: Any) -> Any:
    """A document with its caption, as phones wrap it."""
    return e2e.Message(documentWithCaptionMessage=e2e.FutureProofMessage(message=document))


def part_of(message: Any) -> tuple[str, Any]:
    """The kind of a message's file, and what stands of it in the message."""
    for kind, field in _FIELDS.items():
        if message.HasField(field):
            return kind, getattr(message, field)
    raise AssertionError(f"there is no file in {message}")


def opened(whatsapp: WhatsApp, heard: Heard) -> bytes:
    """The file that came with a message, downloaded and opened as a phone does.

    Raises WrongFile, and KeyError when the media host does not have it.
    """
    kind, part = part_of(heard.content)
    return unseal(whatsapp.media.get(part.directPath), part.mediaKey, kind)


def place(latitude: float, longitude: float, name: str, address: str) -> Any:
    return e2e.Message(
        locationMessage=e2e.LocationMessage(
            degreesLatitude=latitude, degreesLongitude=longitude, name=name, address=address
        )
    )


def _card(name: str, number: str) -> Any:
    vcard = f"BEGIN:VCARD\nVERSION:3.0\nFN:{name}\nTEL;type=CELL;waid={number}:+{number}\nEND:VCARD"
    return e2e.ContactMessage(displayName=name, vcard=vcard)


def cards(*people: tuple[str, str]) -> Any:
    """Contact cards: (name, number) each. One alone is a message of another kind than several."""
    made = [_card(name, number) for name, number in people]
    if len(made) == 1:
        return e2e.Message(contactMessage=made[0])
    return e2e.Message(
        contactsArrayMessage=e2e.ContactsArrayMessage(displayName=f"{len(made)} contacts", contacts=made)
    )
