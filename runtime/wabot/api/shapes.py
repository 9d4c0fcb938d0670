"""Conversations and messages as they look on the wire, from their rows. Written by hand and without models: a list of
fifty is made hundreds of times a second."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from wabot.api.answers import iso
from wabot.api.media_url import media_url

STATUS: Final = {"queued": "pending", "sending": "pending"}
"""What a message's status is called on the wire, where it is not the store's word."""
NO_NAME: Final = "Phone"
"""Who wrote on the shop's phone, when WhatsApp told no name."""


def conversation_shape(row: Any) -> dict[str, Any]:
    """A conversation in a list: a row of `inbox_conversation`, or of `listing.page`."""
    said_at = row["last_message_at"]
    return {
        "id": row["id"],
        "customerPhone": row["contact_phone"] or row["chat"],
        "customerName": row["contact_name"],
        "customerAvatar": None,
        "status": row["status"],
        "priority": row["priority"],
        "unreadCount": row["unread_count"],
        "lastMessage": None
        if said_at is None
        else {
            "content": row["last_message_content"],
            "from": _FROM.get(row["last_message_from"], row["last_message_from"]),
            "timestamp": iso(said_at),
        },
        "assignedCs": holder_shape(row),
        "tags": json.loads(row["tags"]) if row["tags"] != "[]" else [],
        "category": row["category"] or None,
        "waitsFor": row["assigned_to"] or None,
        "botPausedUntil": iso(row["paused_until"]),
        "snoozedUntil": iso(row["snoozed_until"]),
        "totalMessages": row["total_messages"],
        "createdAt": iso(row["created_at"]),
        "updatedAt": iso(row["updated_at"]),
    }


_FROM: Final = {"auto_reply": "system"}
"""Who wrote last, in a list: the contract knows no auto_reply there."""


def holder_shape(row: Any) -> dict[str, Any] | None:
    """The operator who has a conversation; None for nobody."""
    if row["operator_id"] is None:
        return None
    return {"id": row["operator_id"], "name": row["operator_name"], "avatar": None}


def updates_shape(told: Mapping[str, Any]) -> dict[str, Any]:
    """How a conversation stands once it was changed, from what its row in the feed tells."""
    return {
        "status": told["status"],
        "assignedCsId": told["operator_id"],
        "priority": told["priority"],
        "tags": told["tags"],
        "category": told["category"] or None,
        "botPausedUntil": iso(told["paused_until"]),
        "snoozedUntil": iso(told["snoozed_until"]),
    }


def contact_shape(row: Any) -> dict[str, Any]:
    """The customer of a conversation, from their row."""
    known = dict(zip(row.keys(), row, strict=True))  # dict(row) looks for each column by its name
    return {
        "id": row["id"],
        "phone": row["phone"] or None,
        "name": row["name"],
        "email": known.get("email") or None,
        "address": known.get("address") or None,
        "tags": json.loads(row["tags"]),
        "segment": row["segment_manual"] or row["segment"] or None,
        "isBlocked": bool(row["is_blocked"]),
        "totalOrders": row["total_orders"],
        "totalSpent": (known.get("total_spent") or 0) / 100,
        "lastOrderAt": iso(known.get("last_order_at")),
        "firstContactAt": iso(row["first_contact_at"]),
        "lastContactAt": iso(row["last_contact_at"]),
    }


def message_shape(row: Any, customer: str, looked_at: int | None, unread: int) -> dict[str, Any]:
    """A message: a row of `inbox_message` or `inbox_messages_before`. Its customer is called `customer`; in their chat
    a person has looked up to `looked_at` (UTC milliseconds), and `unread` messages are left."""
    sender, sent_at = row["sender_type"], row["sent_at"]
    status, read_at, name = row["status"], row["read_at"], row["sender_name"]
    source = "bot"
    if sender == "customer":
        source, name = "customer", name or customer
        seen = not unread or row["created_at"] <= (looked_at or 0)
        status = "read" if seen else "delivered"
    elif sender == "cs":
        source = "wabot" if row["sender_id"] else "phone"
        name = name or ("" if row["sender_id"] else NO_NAME)
    created_at = row["created_at"]
    created = iso(created_at)
    shape = {
        "id": row["id"],
        "conversationId": row["conversation_id"],
        "waMessageId": row["wa_message_id"],
        "senderType": sender,
        "senderName": name,
        "source": source,
        "messageType": row["message_type"],
        "content": row["content"],
        "status": STATUS.get(status, status),
        "sentAt": created if sent_at is None or sent_at == created_at else iso(sent_at),
        "deliveredAt": iso(row["delivered_at"]),
        "readAt": iso(read_at),
        "createdAt": created,
    }
    if row["message_type"] != "text":
        shape |= media_shape(row)
    return shape if row["is_plain"] else shape | _rare(row)


def message_shapes(rows: Iterable[Any], chat: Any) -> list[dict[str, Any]]:
    """Messages of one conversation, whose row is `chat`."""
    customer, looked_at, unread = chat["contact_name"] or chat["contact_phone"], chat["looked_at"], chat["unread_count"]
    return [message_shape(row, customer, looked_at, unread) for row in rows]


def one_message_shape(row: Any) -> dict[str, Any]:
    """A message by itself: a row of `inbox_message`."""
    return message_shape(row, row["contact_name"], row["looked_at"], row["unread_count"])


def media_shape(row: Any) -> dict[str, Any]:
    """What comes with a message: where its file is to be had, and what it is."""
    return {
        "mediaUrl": media_url(row),
        "mediaMimeType": row["media_mime_type"] or None,
        "mediaSize": row["media_size"] or None,
        "mediaError": row["media_error"] or None,
    }


def _rare(row: Any) -> dict[str, Any]:
    """What most messages have nothing of: those that are `is_plain`."""
    shape: dict[str, Any] = {}
    if row["error_message"]:
        shape["error"] = row["error_message"]
    if row["quoted_message_id"]:
        shape["quotedMessageId"], shape["quotedWaMessageId"] = row["quoted_id"], row["quoted_message_id"]
    if row["is_forwarded"]:
        shape["isForwarded"], shape["forwardCount"] = True, row["forward_count"]
    if row["edited_at"] is not None:
        shape["editedAt"] = iso(row["edited_at"])
    if row["reactions"] != "[]":
        shape["reactions"] = [{"from": one["from"], "emoji": one["text"]} for one in json.loads(row["reactions"])]
    if row["revoked_at"] is not None:
        shape["deletedAt"] = iso(row["revoked_at"])
        shape["deletedBy"] = row["deleted_by"] or ("customer" if row["sender_type"] == "customer" else "sender")
    if row["is_imported"]:
        shape["isImported"] = True
    return shape
