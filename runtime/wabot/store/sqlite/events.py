"""Edits, revocations and reactions: what is said later about a message that was stored before.

Each is taken only from the side that may: nobody edits or takes back what the other one wrote. One about a message that
is not stored changes nothing.
"""

import json
from typing import Any

from wabot.model.message import Message
from wabot.store.sqlite.identity import find_contact, find_conversation
from wabot.store.sqlite.payload import dump_attachment, dump_message, load_message
from wabot.store.sqlite.queries import Ask


def enrich(ask: Ask, message_id: str, message: Message) -> None:
    """Note on a message's row what came beside its text."""
    media = message.media
    if media is None and not message.quoted and not message.forwarded:
        return
    ask(
        "message_enrich",
        id=message_id,
        quoted=message.quoted,
        forwarded=message.forwarded,
        mime="" if media is None else media.mime,
        size=0 if media is None else media.size,
        details=dump_attachment(media),
    )


def note_event(ask: Ask, message: Message, at: int) -> None:
    """Change the message that `message` is about."""
    if not message.about:
        return
    contact = find_contact(ask, message)
    conversation = find_conversation(ask, message.chat, None if contact is None else contact["id"])
    if conversation is None:
        return
    row = ask("message_about", conversation=conversation["id"], id=message.about).fetchone()
    if row is None or row["revoked_at"] is not None:
        return
    own = message.from_me == (row["sender_type"] != "customer")
    if message.type == "reaction":
        _react(ask, row, message, at)
    elif message.type == "edit" and own:
        _edit(ask, conversation["id"], row, message, at)
    elif message.type == "revoke" and own:
        revoke(ask, conversation["id"], row, at)


def _react(ask: Ask, row: Any, message: Message, at: int) -> None:
    """Each side has one reaction to a message; an empty one takes it back."""
    who = "cs" if message.from_me else "customer"
    reactions = [item for item in json.loads(row["reactions"]) if item["from"] != who]
    if message.text:
        reactions.append({"from": who, "text": message.text, "at": message.sent_at or at})
    ask("message_react", id=row["id"], reactions=json.dumps(reactions, ensure_ascii=False))


def _edit(ask: Ask, conversation: str, row: Any, message: Message, at: int) -> None:
    if message.text == row["content"]:
        return
    said_at = message.sent_at or at
    edits = [*json.loads(row["edits"]), {"text": row["content"], "until": said_at}]
    ask(
        "message_edit",
        id=row["id"],
        content=message.text,
        edits=json.dumps(edits, ensure_ascii=False),
        at=said_at,
    )
    _last_content(ask, conversation, row, message.text[:200])


def revoke(ask: Ask, conversation: str, row: Any, at: int) -> None:
    """Nothing of a message (its row) stays, wherever it is stored, but that it was there."""
    ask("message_revoke", id=row["id"], at=at)
    ask("revoke_logs", conversation=conversation, message=row["id"])
    _last_content(ask, conversation, row, "")
    wanted = row["wa_message_id"] or row["id"]
    for entry in ask("revoke_journalled", conversation=conversation, id=wanted).fetchall():
        message = load_message(entry["payload"])
        if message.id != wanted and (message.type, message.about) != ("edit", wanted):
            continue
        emptied = dump_message(_emptied(message))
        ask("revoke_payload", chat=entry["chat"], message=entry["message_id"], payload=emptied)


def _emptied(message: Message) -> Message:
    from dataclasses import replace

    return replace(message, text="", media=None, quoted="")


def _last_content(ask: Ask, conversation: str, row: Any, content: str) -> None:
    """The conversation shows its newest message: when that is the one, it shows what it now says."""
    ask("conversation_content", id=conversation, at=row["sent_at"], before=row["content"][:200], content=content)
