"""What kind of message a file goes out as."""

from pathlib import PurePath
from typing import Final, Literal

_IMAGES: Final = frozenset({".jpg", ".jpeg", ".png", ".webp"})


def media_type(name: str) -> Literal["image", "document"]:
    """By the file's ending: WhatsApp shows pictures in the chat, anything else as a document."""
    return "image" if PurePath(name).suffix.lower() in _IMAGES else "document"
