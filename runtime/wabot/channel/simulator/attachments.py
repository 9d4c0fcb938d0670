"""What comes with a line beside its text: `"media": {"mime": "image/jpeg", "size": 120000}`, `"file": "nota.jpg"`."""

import mimetypes
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, Final

from wabot.channel.simulator.fields import BadLine, number, text
from wabot.model.message import Attachment, Card

_KNOWN: Final = frozenset({"mime", "size", "name", "seconds", "latitude", "longitude", "place", "cards"})


def attachment(data: Mapping[str, Any]) -> Attachment | None:
    """The line's `media`, and its `file`: one that lies beside the customers' file and stands for the download.

    Raises:
        BadLine: something in it is of the wrong kind.
    """
    media, file = data.get("media"), text(data, "file", "")
    if media is None and not file:
        return None
    if not isinstance(media, dict | None):
        raise BadLine('`media` must be an object, such as {"mime": "image/jpeg"}')
    media = media or {}
    if unknown := media.keys() - _KNOWN:
        raise BadLine(f"unknown field `{min(unknown)}` in `media`; known are {', '.join(sorted(_KNOWN))}")
    if file and PurePath(file).name != file:
        raise BadLine("`file` must be the name of a file beside this one")
    return Attachment(
        mime=text(media, "mime", mimetypes.guess_type(file)[0] or ""),
        size=int(number(media, "size", whole=True) or 0),
        name=text(media, "name", file),
        seconds=int(number(media, "seconds", whole=True) or 0),
        latitude=number(media, "latitude"),
        longitude=number(media, "longitude"),
        place=text(media, "place", ""),
        cards=_cards(media.get("cards", ())),
        source=file,
    )


def _cards(said: Any) -> tuple[Card, ...]:
    if not isinstance(said, list | tuple) or not all(isinstance(card, dict) for card in said):
        raise BadLine('`cards` must be a list such as [{"name": "Ani", "numbers": ["62812…"]}]')
    cards = []
    for card in said:
        numbers = card.get("numbers", [])
        if not isinstance(numbers, list) or not all(isinstance(one, str) for one in numbers):
            raise BadLine("a card's `numbers` must be a list of texts")
        cards.append(Card(text(card, "name"), tuple(numbers)))
    return tuple(cards)
