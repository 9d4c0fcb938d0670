"""Messages as JSON: in the journal, and what came with them in their rows."""

import json
from dataclasses import asdict
from typing import Any, Final

from wabot.model.encoding import as_json
from wabot.model.message import Attachment, Card, Message

_PLAIN: Final = ("id", "chat", "text", "type", "chat_kind", "from_me", "phone", "lid", "name", "sent_at")
_RARE: Final = ("quoted", "forwarded", "about", "media")
"""Fields that are written only when there is something in them: most messages are plain text."""


def dump_message(message: Message) -> str:
    """The message as the journal keeps it."""
    data = {name: getattr(message, name) for name in _PLAIN}
    for name in _RARE:
        if item := getattr(message, name):
            data[name] = asdict(item) if name == "media" else item
    return as_json(data)


def load_message(payload: str) -> Message:
    """A journalled message; one that an older wabot wrote has fewer fields."""
    data = json.loads(payload)
    media = data.pop("media", None)
    return Message(**data, media=None if media is None else _attachment(media))


def dump_attachment(media: Attachment | None) -> str:
    """What came with a message, "" for nothing."""
    return "" if media is None else as_json(asdict(media))


def load_attachment(stored: str) -> Attachment | None:
    return _attachment(json.loads(stored)) if stored else None


def _attachment(data: dict[str, Any]) -> Attachment:
    cards = tuple(Card(card["name"], tuple(card["numbers"])) for card in data.pop("cards", ()))
    return Attachment(**data, cards=cards)


def logged_text(kind: str, text: str) -> str:
    """What the log of a decision quotes: of an edit nothing, since its message may be taken back."""
    return "" if kind == "edit" else text
