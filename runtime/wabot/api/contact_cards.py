"""Contacts as they look on the wire."""

import json
from typing import Any

from pydantic import Field

from wabot.api.answers import Shape, iso


class Orders(Shape):
    """What a contact has ordered. Money is in the shop's currency."""

    total_orders: int
    total_spent: float
    average_order_value: float
    last_order_at: str | None


class Contact(Orders):
    """A customer, or somebody of a list of customers who never wrote (`canBeWrittenTo` is false then)."""

    id: str
    phone: str
    wa_id: str
    name: str
    wa_name: str
    avatar_url: str | None
    email: str | None
    address: str | None
    notes: str | None
    customer_id: str | None
    tags: list[str]
    segment: str
    segment_set: bool
    total_conversations: int
    total_messages_sent: int
    total_messages_received: int
    first_contact_at: str | None
    last_contact_at: str | None
    can_be_written_to: bool
    is_blocked: bool
    blocked_reason: str | None
    blocked_at: str | None
    updated_at: str | None


class Meta(Shape):
    total: int
    page: int
    limit: int
    total_pages: int
    total_is_at_least: bool = Field(default=False, description="There are so many, or more.")


class Contacts(Shape):
    data: list[Contact]
    meta: Meta


class InDetail(Shape):
    contact: Contact
    conversation_id: str | None = Field(description="The contact's chat, if they ever wrote.")


class ChangedContact(Shape):
    success: bool
    contact: Contact


def card(row: Any, inactive_before: int) -> dict[str, Any]:
    """A row of the table contacts. Who was last heard of before `inactive_before` (UTC milliseconds) is inactive."""
    heard = bool(row["total_messages_received"] or row["total_messages_sent"])
    return {
        "id": row["id"],
        "phone": row["phone"],
        "waId": f"{row['phone']}@s.whatsapp.net" if row["phone"] else f"{row['lid']}@lid" if row["lid"] else "",
        "name": row["name"],
        "waName": row["push_name"],
        "avatarUrl": None,
        "email": row["email"] or None,
        "address": row["address"] or None,
        "notes": row["notes"] or None,
        "customerId": row["customer_id"] or None,
        "tags": json.loads(row["tags"]),
        "segment": segment_of(row, inactive_before),
        "segmentSet": bool(row["segment_manual"]),
        "totalConversations": row["total_conversations"],
        "totalMessagesSent": row["total_messages_sent"],
        "totalMessagesReceived": row["total_messages_received"],
        "firstContactAt": iso(row["first_contact_at"]) if heard else None,
        "lastContactAt": iso(row["last_contact_at"]) if heard else None,
        "canBeWrittenTo": bool(row["total_messages_received"]) and not row["is_blocked"],
        **orders(row),
        "isBlocked": bool(row["is_blocked"]),
        "blockedReason": row["blocked_reason"] or None,
        "blockedAt": iso(row["blocked_at"]),
        "updatedAt": iso(row["updated_at"]),
    }


def orders(row: Any) -> dict[str, Any]:
    """What a contact has ordered."""
    number, spent = row["total_orders"], row["total_spent"]
    return {
        "totalOrders": number,
        "totalSpent": money(spent),
        "averageOrderValue": money(round(spent / number)) if number else 0,
        "lastOrderAt": iso(row["last_order_at"]),
    }


def money(hundredths: int) -> int | float:
    """25000 for 2500000."""
    return hundredths // 100 if hundredths % 100 == 0 else hundredths / 100


def segment_of(row: Any, inactive_before: int) -> str:
    """The segment that a person gave, or else the one at the last message, unless that is too long ago."""
    if row["segment_manual"]:
        return str(row["segment_manual"])
    return "inactive" if row["last_contact_at"] < inactive_before else row["segment"] or "new"
