"""`/api/messages/:id/…`: what people do with a message that is there: look at it, send it again, take it back."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response
from pydantic import Field

from wabot.api.answers import Shape, answer
from wabot.api.auditing import audit
from wabot.api.conversations import look_at
from wabot.api.guard import Home, Who, may
from wabot.api.messages import CONFLICT, Id, message_row, told
from wabot.api.problems import Problem, unknown
from wabot.store.sqlite import inbox
from wabot.store.sqlite.events import revoke
from wabot.store.sqlite.following import take_back
from wabot.store.sqlite.operating import again, withdraw
from wabot.store.sqlite.queries import Ask

router = APIRouter(
    prefix="/api/messages", tags=["messages"], responses={404: {"description": "There is no such message."}}
)
Name = Annotated[str, Field(max_length=100)]


class SeenMessages(Shape):
    """Messages at which a person has looked."""

    message_ids: Annotated[list[Name], Field(max_length=1_000, default_factory=list)]


@router.patch("/{id}/mark-read")
async def looked(house: Home, id: Id, body: SeenMessages | None = None, who: Who = may("send_messages")) -> Response:
    """A person has looked at these messages, and so at all that came before them. `id` is one of them, or the
    conversation: without `messageIds` all of it."""
    ids = () if body is None else tuple(body.message_ids)

    def write(ask: Ask) -> int | None:
        chat = inbox.conversation(ask, id)
        if chat is not None and not ids:
            return look_at(ask, chat, house.clock.now())
        return inbox.looked_at(ask, ids if chat is not None else (id, *ids))

    marked = await house.desk(who.tenant).write(write)
    if marked is None:
        raise unknown("message", id)
    return answer({"success": True, "markedCount": marked})


class Retry(Shape):
    """`confirm` says that a message of which nobody knows whether it went out did not."""

    confirm: bool = False


@router.post("/{id}/retry", responses=CONFLICT)
async def retried(
    request: Request, house: Home, id: Id, body: Retry | None = None, who: Who = may("send_messages")
) -> Response:
    """Send again what failed; what is unknown only when a person confirms that it did not arrive."""
    now, confirm = house.clock.now(), body is not None and body.confirm

    def write(ask: Ask) -> dict[str, Any]:
        row = message_row(ask, id)
        if row["status"] == "unknown" and not confirm:
            raise Problem(
                409,
                "Nobody knows whether this message went out. Look at the chat on the phone: if it is not there, ask "
                "again with `confirm: true`.",
                "OUTCOME_UNKNOWN",
                confirm=True,
            )
        if row["revoked_at"] is not None or not again(ask, id, now, unknown_too=confirm):
            raise Problem(409, "This message did not fail: there is nothing to send again.", "NOT_FAILED")
        return told(ask, house, who, id, repeated=False)

    done = await house.desk(who.tenant).write(write)
    await audit(house, who, "message.retry", id, request, confirmed=confirm)
    return answer(done)


@router.delete("/{id}/schedule", responses=CONFLICT)
async def unscheduled(house: Home, id: Id, who: Who = may("send_messages")) -> Response:
    """A message that was to be sent later is not sent, if it has not gone out."""
    now = house.clock.now()

    def write(ask: Ask) -> None:
        if ask("follow_up_row", id=id).fetchone() is None:
            raise unknown("scheduled message", id)
        if not take_back(ask, id, now) and not withdraw(ask, id):
            raise Problem(409, "It is not waiting any more: it went out, or was taken back before.", "NOT_SCHEDULED")

    await house.desk(who.tenant).write(write)
    return answer({"success": True, "message": _CANCELLED})


@router.delete("/{id}", responses=CONFLICT)
async def deleted(request: Request, house: Home, id: Id, who: Who = may("delete_messages")) -> Response:
    """Take back what has not gone out, or empty what is stored here. What went out, WhatsApp goes on showing."""
    now = house.clock.now()

    def write(ask: Ask) -> dict[str, Any]:
        row = message_row(ask, id)
        if row["status"] == "sending":
            raise Problem(409, "This message is being sent at this moment.", "BEING_SENT")
        cancelled = withdraw(ask, id)
        if row["revoked_at"] is None:
            revoke(ask, row["conversation_id"], row, now)
            ask("message_emptied", id=id, who=who.email.lower() or who.key)
            ask("outbox_emptied", id=id)
        said = _CANCELLED if cancelled else _NEVER_OUT if row["status"] == "failed" else _EMPTIED
        return {"success": True, "cancelled": cancelled, "message": said}

    done = await house.desk(who.tenant).write(write)
    await audit(house, who, "message.delete", id, request, cancelled=done["cancelled"])
    return answer(done)


_CANCELLED: Final = "The message was not sent, and will not be."
_NEVER_OUT: Final = "The message is deleted here; it never went out."
_EMPTIED: Final = "The message is deleted here. WhatsApp still shows it: delete it on the phone, too."
