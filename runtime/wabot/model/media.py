"""What kind of message a file goes out as."""

from pathlib import PurePath
from typing import Final, Literal

from wabot.model.message import Attachment
from wabot.model.value import value

_IMAGES: Final = frozenset({".jpg", ".jpeg", ".png", ".webp"})


def media_type(name: str) -> Literal["image", "document"]:
    """By the file's ending: WhatsApp shows pictures in the chat, anything else as a document."""
    return "image" if PurePath(name).suffix.lower() in _IMAGES else "document"


@value
class WantedFile:
    """A file that came with a message and is not downloaded yet. `id` is the store's id of the message, `type` its
    kind, `tries` how often a download failed."""

    id: str
    type: str
    media: Attachment
    tries: int = 0
