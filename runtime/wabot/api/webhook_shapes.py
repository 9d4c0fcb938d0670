"""Webhooks and deliveries as they look on the wire."""

from typing import Annotated, Any, Literal

from pydantic import Field

from wabot.api.answers import Shape, iso
from wabot.store.sqlite.webhooks import Event, Webhook

Url = Annotated[str, Field(min_length=1, max_length=2_000)]
Words = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Events = Annotated[list[Event], Field(min_length=1, max_length=50)]
Status = Literal["pending", "delivered", "dead"]


class NewWebhook(Shape):
    """`include_content`: what customers and people write is posted, too, and who they are."""

    url: Url
    events: Events
    description: Words = ""
    include_content: bool = False


class WebhookChange(Shape):
    """What is left out stays. `is_active` switches it on, or off."""

    url: Url | None = None
    events: Events | None = None
    description: Words | None = None
    include_content: bool | None = None
    is_active: bool | None = None


class WebhookShape(Shape):
    """`disabled_reason` says why it is not active, null where a person switched it off."""

    id: str
    url: str
    description: str
    events: list[str]
    include_content: bool
    is_active: bool
    disabled_reason: str | None
    created_at: str
    updated_at: str


class WebhookList(Shape):
    webhooks: list[WebhookShape]


class OneWebhook(Shape):
    success: bool
    webhook: WebhookShape


class MadeWebhook(OneWebhook):
    """`secret` is shown here, and never again."""

    secret: str


class NewSecret(Shape):
    """`secret` is shown here, and never again; the one before signs beside it until then."""

    success: bool
    secret: str
    previous_valid_until: str


class Tested(Shape):
    """What the receiver said. `status_code` is null where it said nothing."""

    success: bool
    delivered: bool
    status_code: int | None
    error: str | None
    delivery_id: str


class DeliveryShape(Shape):
    id: str
    webhook_id: str
    event: str
    status: Status
    attempts: int
    next_attempt_at: str | None
    status_code: int | None
    error: str | None
    conversation_id: str | None
    message_id: str | None
    happened_at: str
    ended_at: str | None


class Deliveries(Shape):
    deliveries: list[DeliveryShape]
    has_more: bool


class Replayed(Shape):
    success: bool
    replayed: int


def shown(hook: Webhook) -> dict[str, Any]:
    """A webhook, without its secret."""
    return {
        "id": hook.id,
        "url": hook.url,
        "description": hook.description,
        "events": list(hook.events),
        "includeContent": hook.content,
        "isActive": hook.active,
        "disabledReason": hook.disabled or None,
        "createdAt": iso(hook.created),
        "updatedAt": iso(hook.updated),
    }


def delivery_shown(row: Any) -> dict[str, Any]:
    """A delivery, from its row."""
    open_ = row["status"] == "open"
    about_message = row["event"].startswith("message.")
    return {
        "id": row["id"],
        "webhookId": row["webhook_id"],
        "event": row["event"],
        "status": "pending" if open_ else row["status"],
        "attempts": row["attempts"],
        "nextAttemptAt": iso(row["due_at"]) if open_ else None,
        "statusCode": row["status_code"],
        "error": row["error"] or None,
        "conversationId": row["conversation_id"] or None,
        "messageId": row["subject_id"] if about_message else None,
        "happenedAt": iso(row["at"]),
        "endedAt": iso(row["ended_at"]),
    }
