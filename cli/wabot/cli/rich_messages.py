"""A stored message as lines for people, and as data for machines: with quotes, media, edits and reactions."""

from collections.abc import Iterator
from typing import Any, Final

from wabot.cli.stored import in_a_line, when
from wabot.model.message import Attachment
from wabot.model.stored import StoredContact, StoredMessage

_QUOTED: Final = 60
DELETED: Final = "(deleted)"


def shown(message: StoredMessage) -> Iterator[str]:
    """What stands below the message's head."""
    if message.quoted:
        quoting = in_a_line(message.quoting)[:_QUOTED] or message.quoted
        yield f"> {quoting}"
    marks = [] if message.type == "text" else [f"[{_media(message)}]"]
    if message.forwarded:
        marks.append("[forwarded]" if message.forwarded == 1 else f"[forwarded {message.forwarded} times]")
    if message.revoked is not None:
        yield DELETED
    else:
        yield from marks
        yield from message.text.splitlines()
        yield from (f"(before {when(until)}: {in_a_line(text)})" for text, until in message.edits)
    if message.reactions:
        yield "  ".join(f"{emoji} {who}" for who, emoji in message.reactions)


def customer(contact: StoredContact) -> str:
    """A customer's segment and counts, in a line."""
    facts = [contact.segment] if contact.segment else []
    facts.append(f"{contact.conversations:,} conversation{'' if contact.conversations == 1 else 's'}")
    facts.append(f"{contact.received:,} received, {contact.sent:,} sent")
    facts += [f"{contact.orders:,} orders"] if contact.orders else []
    facts += [f"since {when(contact.first_at)[:10]}"] if contact.first_at is not None else []
    return ", ".join(facts)


def rich_data(message: StoredMessage) -> dict[str, Any]:
    """The fields for `--format json`."""
    return {
        "quoted": message.quoted or None,
        "forwarded": message.forwarded,
        "media": None if message.media is None else _media_data(message, message.media),
        "edits": [{"text": text, "until": until} for text, until in message.edits],
        "revoked_at": message.revoked,
        "reactions": [{"from": who, "text": emoji} for who, emoji in message.reactions],
        "imported": message.imported,
    }


def _media(message: StoredMessage) -> str:
    media = message.media
    if media is None:
        return message.type
    facts = [message.type, media.mime]
    if media.size:
        facts.append(f"{media.size / 1000:,.0f} kB" if media.size >= 1000 else f"{media.size} bytes")
    facts += [f"{media.seconds} s"] if media.seconds else []
    facts += [in_a_line(media.name), in_a_line(media.place)]
    if media.latitude is not None and media.longitude is not None:
        facts.append(f"{media.latitude:.5f}, {media.longitude:.5f}")
    facts += [" ".join((in_a_line(card.name), *card.numbers)) for card in media.cards]
    if message.media_file:
        facts.append(f"media/{message.media_file}")
    elif message.media_error:
        facts.append(f"not downloaded: {message.media_error}")
    return "  ".join(fact for fact in facts if fact)


def _media_data(message: StoredMessage, media: Attachment) -> dict[str, Any]:
    return {
        "mime": media.mime or None,
        "size": media.size or None,
        "name": media.name or None,
        "seconds": media.seconds or None,
        "latitude": media.latitude,
        "longitude": media.longitude,
        "place": media.place or None,
        "cards": [{"name": card.name, "numbers": list(card.numbers)} for card in media.cards],
        "file": f"media/{message.media_file}" if message.media_file else None,
        "error": message.media_error or None,
    }
