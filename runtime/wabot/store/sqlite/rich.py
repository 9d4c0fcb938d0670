"""What is read of a message beside its text (quotes, media, edits, reactions), and of a customer beside their name."""

import json
from dataclasses import replace
from typing import Any

from wabot.model.stored import StoredContact, StoredMessage
from wabot.store.sqlite.payload import load_attachment, load_message
from wabot.store.sqlite.queries import Ask


def richness(row: Any) -> dict[str, Any]:
    """Fields of a `StoredMessage`, from its row. A file that no process of this version has opened yet has none."""
    columns = row.keys()
    if "edits" not in columns:
        return {}
    return {
        "quoted": row["quoted_message_id"],
        "forwarded": row["forward_count"],
        "media": load_attachment(row["media_details"]),
        "media_file": row["media_file"],
        "media_error": row["media_error"],
        "edits": tuple((edit["text"], edit["until"]) for edit in json.loads(row["edits"])),
        "revoked": row["revoked_at"],
        "reactions": tuple((item["from"], item["text"]) for item in json.loads(row["reactions"])),
        "imported": bool(row["is_imported"]),
    }


def contact(row: Any) -> StoredContact:
    """The customer of a conversation's row."""
    return StoredContact(
        segment=row["segment"],
        orders=row["total_orders"],
        conversations=row["total_conversations"],
        received=row["total_messages_received"],
        sent=row["total_messages_sent"],
        first_at=row["first_contact_at"],
        last_at=row["last_contact_at"],
    )


def journalled_richness(payload: str) -> dict[str, Any]:
    """The same of a message that is not decided yet."""
    message = load_message(payload)
    return {"quoted": message.quoted, "forwarded": message.forwarded, "media": message.media}


def with_quotes(ask: Ask, messages: list[StoredMessage]) -> list[StoredMessage]:
    """The messages of one chat, each with the text of the one that it replies to."""
    shown = {key: message.text for message in messages for key in (message.id, message.wa_id) if key}
    told = []
    for message in messages:
        if message.quoted:
            text = shown.get(message.quoted)
            if text is None:
                row = ask("message_quoted", chat=message.chat, id=message.quoted).fetchone()
                text = "" if row is None else row["content"]
            message = replace(message, quoting=text)
        told.append(message)
    return told
