"""What webhooks are posted: `{type, timestamp, data}`, as it is known at the moment of posting."""

import json
from typing import Any

import orjson

from wabot.api.answers import iso
from wabot.api.media_url import media_url
from wabot.api.shapes import STATUS, updates_shape
from wabot.store.sqlite.queries import Ask
from wabot.store.sqlite.webhooks import Webhook


def payload(ask: Ask, tenant: str, hook: Webhook, delivery: Any) -> bytes:
    """The body for a delivery's row. Without the webhook's `content` it holds ids, and nothing that anybody wrote."""
    kind, told = delivery["event"], json.loads(delivery["data"])
    data: dict[str, Any] = {"tenantId": tenant}
    if delivery["conversation_id"]:
        data["conversationId"] = delivery["conversation_id"]
    match kind:
        case "message.received" | "message.sent":
            data |= _message(ask, delivery["subject_id"], content=hook.content)
        case "conversation.created":
            data |= _conversation(ask, delivery["conversation_id"], content=hook.content)
        case "conversation.updated":
            data |= {
                "updates": updates_shape(told),
                "previous": {"status": told["was"], "assignedCsId": told["operator_before"]},
            }
        case "conversation.assigned":
            data |= {"assignedCs": _operator(ask, told["operator_id"]), "previousCsId": told["operator_before"]}
        case "conversation.resolved":
            data |= {"status": "resolved", "assignedCsId": told["operator_id"]}
        case "session.connected" | "session.disconnected" | "session.logged_out":
            data |= {"status": told["status"], "detail": told["detail"]}
    return orjson.dumps({"type": kind, "timestamp": iso(delivery["at"]), "data": data})


def _message(ask: Ask, id: str, *, content: bool) -> dict[str, Any]:
    """What was deleted since, and what is about to be forgotten, is an id."""
    row = ask("told_message", id=id).fetchone()
    if row is None:
        return {"message": {"id": id}}
    message = {
        "id": id,
        "waMessageId": row["wa_message_id"],
        "senderType": row["sender_type"],
        "messageType": row["message_type"],
        "status": STATUS.get(row["status"], row["status"]),
        "mediaUrl": media_url(row),
        "sentAt": iso(row["sent_at"] or row["created_at"]),
    }
    if not content:
        return {"message": message}
    message |= {"senderName": row["sender_name"], "content": row["content"]}
    return {"message": message, "customer": _customer(row)}


def _conversation(ask: Ask, id: str, *, content: bool) -> dict[str, Any]:
    row = ask("told_conversation", id=id).fetchone()
    if row is None:
        return {}
    shown = {
        "id": id,
        "status": row["status"],
        "priority": row["priority"],
        "tags": json.loads(row["tags"]),
        "createdAt": iso(row["created_at"]),
    }
    return {"conversation": shown, **({"customer": _customer(row)} if content else {})}


def _customer(row: Any) -> dict[str, Any]:
    return {"phone": row["phone"] or None, "name": row["name"]}


def _operator(ask: Ask, id: str) -> dict[str, Any]:
    row = ask("told_operator", id=id).fetchone()
    return {"id": id, "name": None if row is None else row["name"]}
