"""Rows of the feed as the events that clients are told. Field names are the API's contract (docs/events.md)."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from sqlite3 import Row
from typing import Any, Final, Literal

from wabot.api.answers import iso
from wabot.api.shapes import STATUS, conversation_shape, one_message_shape, updates_shape
from wabot.store.sqlite.queries import Ask

Namespace = Literal["/messages", "/whatsapp"]
MESSAGES: Final[Namespace] = "/messages"
WHATSAPP: Final[Namespace] = "/whatsapp"

_UP: Final = ("connected", "degraded")
_ON_ITS_WAY: Final = ("starting", "connecting", "qr_pending", "restarting")


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `cursor` is how far whoever has got it has come."""

    name: str
    data: Mapping[str, Any]
    cursor: int
    namespace: Namespace = MESSAGES


def built(ask: Ask, row: Row, phone: str) -> list[Event]:
    """The events of one row of the feed: none when what it was about is gone, or when nothing of it shows. `phone` is
    the tenant's number."""
    return [
        Event(name, {**data, "cursor": str(row["sequence"])}, row["sequence"], namespace)
        for name, data, namespace in _told(ask, row, phone)
    ]


def _told(ask: Ask, row: Row, phone: str) -> Iterator[tuple[str, dict[str, Any], Namespace]]:
    known, conversation = json.loads(row["data"]), row["conversation_id"]
    match row["kind"]:
        case "message":
            if (message := _message(ask, row["subject_id"])) is not None:
                yield "new-message", {"conversationId": conversation, "message": message}, MESSAGES
        case "message_status":
            status, was, message = (STATUS.get(one, one) for one in (known["status"], known["was"], row["subject_id"]))
            if status != was:
                told = {"messageId": message, "conversationId": conversation, "status": status}
                yield "message-status-updated", {**told, "timestamp": iso(row["at"])}, MESSAGES
            if known.get("other") and (changed := _message(ask, message)) is not None:
                yield "message-updated", {"conversationId": conversation, "message": changed}, MESSAGES
        case "conversation_new":
            if (found := ask("inbox_conversation", id=conversation).fetchone()) is not None:
                yield "new-conversation", {"conversation": conversation_shape(found)}, MESSAGES
        case "conversation" if "unread" in known:
            yield (
                "conversation-updated",
                {"conversationId": conversation, "updates": {"unreadCount": known["unread"]}},
                MESSAGES,
            )
        case "conversation":
            updates = updates_shape(known)
            yield "conversation-updated", {"conversationId": conversation, "updates": updates}, MESSAGES
            if known["operator_id"] != known["operator_before"]:
                yield "conversation-assigned", _assigned(ask, conversation, known), MESSAGES
        case "operator":
            operator = ask("operator_by_id", id=row["subject_id"]).fetchone()
            name = "" if operator is None else operator["name"]
            told = {"csOperatorId": row["subject_id"], "name": name, "status": known["status"]}
            yield "cs-status-changed", told, MESSAGES
        case "session":
            yield "connection-status", connection(known["status"], known["detail"], phone), WHATSAPP
            if known["status"] == "logout":
                yield "session-expired", {"reason": known["detail"] or "The phone has unlinked this bot."}, WHATSAPP


def link_status(status: str) -> Literal["connecting", "connected", "disconnected"]:
    """A session's state as clients know it."""
    return "connected" if status in _UP else "connecting" if status in _ON_ITS_WAY else "disconnected"


def connection(status: str, detail: str, phone: str) -> dict[str, Any]:
    """The data of `connection-status`."""
    link = link_status(status)
    told: dict[str, Any] = {"status": link, "state": status}
    if link == "connected" and phone:
        told["phoneNumber"] = phone
    if link == "disconnected":
        told["reason"] = detail or "The session does not run."
    return told


def _message(ask: Ask, id: str) -> dict[str, Any] | None:
    row = ask("inbox_message", id=id).fetchone()
    return None if row is None else one_message_shape(row)


def _assigned(ask: Ask, conversation: str, known: Mapping[str, Any]) -> dict[str, Any]:
    now = known["operator_id"]
    operator = ask("operator_by_id", id=now).fetchone() if now else None
    return {
        "conversationId": conversation,
        "assignedCsId": now,
        "assignedCsName": None if operator is None else operator["name"],
        "previousCsId": known["operator_before"],
    }
