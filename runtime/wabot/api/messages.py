"""`/api/messages`: writing to customers who wrote first, and what was said."""

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Header, Path, Query, Request, Response
from pydantic import Field

from wabot.api.answers import Shape, answer, conditional, iso
from wabot.api.expanding import expand, shortcut_of
from wabot.api.guard import Home, Who, may
from wabot.api.house import House
from wabot.api.people import author, pause_of
from wabot.api.problems import Problem, unknown
from wabot.api.running import session_shape
from wabot.api.shapes import message_shape
from wabot.language.template import MAX_OUTPUT
from wabot.model.stored import PersonSays
from wabot.store.sqlite import inbox
from wabot.store.sqlite.events import revoke
from wabot.store.sqlite.operating import again, withdraw
from wabot.store.sqlite.queries import Ask
from wabot.store.sqlite.sending import Keyed, Refused, may_write, send, sent_before
from wabot.store.sqlite.uploads import Upload

router = APIRouter(
    prefix="/api/messages",
    tags=["messages"],
    responses={404: {"description": "There is no such conversation or message."}},
)
_UNCHANGED: Final[dict[int | str, dict[str, Any]]] = {304: {"description": "As the client has it (`If-None-Match`)."}}
_CONFLICT: Final[dict[int | str, dict[str, Any]]] = {409: {"description": "It is not done; `code` says why."}}

Id = Annotated[str, Path(min_length=1, max_length=100)]
Name = Annotated[str, Field(max_length=100)]
_REFUSALS: Final = {
    "not_written_first": (409, "This customer has not written first: wabot writes to nobody who has not.", "NOT_FIRST"),
    "blocked": (409, "This customer is blocked.", "CONTACT_BLOCKED"),
    "file_gone": (409, "The file is not kept any more: upload it again.", "FILE_GONE"),
    "another_message": (409, "That idempotency key stands for another message.", "IDEMPOTENCY_KEY_REUSED"),
}


class Sending(Shape):
    """A message to a customer. `content` that is nothing but a quick reply's shortcut is sent as that reads."""

    conversation_id: Annotated[str, Field(min_length=1, max_length=100)]
    message_type: Literal["text", "image", "document"] = "text"
    content: Annotated[str, Field(max_length=MAX_OUTPUT)] = ""
    media_url: Annotated[str, Field(max_length=2_000)] | None = None
    quoted_message_id: Annotated[str, Field(max_length=100)] | None = None
    idempotency_key: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    send_at: datetime | None = None


@router.post("/send", responses=_CONFLICT)
async def sent(
    house: Home,
    body: Sending,
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
    who: Who = may("send_messages"),
) -> Response:
    """Queue a message: the tenant's session sends it. The bot falls silent in that chat."""
    desk, now = house.desk(who.tenant), house.clock.now()
    keyed = _keyed(who, body, idempotency_key)
    try:
        row = desk.read(lambda ask: _before(ask, body, keyed, now))
        if isinstance(row, str):
            return answer(desk.read(lambda ask: told(ask, house, who, row, repeated=True)))
        said, upload = await _said(house, who, body, row), await _file(house, who, body)

        def write(ask: Ask) -> dict[str, Any]:
            email, name = author(ask, who)
            id, fresh = send(ask, body.conversation_id, replace(said, operator=email, name=name), keyed, now, upload)
            return told(ask, house, who, id, repeated=not fresh)

        return answer(await desk.write(write))
    except Refused as refused:
        raise refusal(refused, body.conversation_id) from None


def _before(ask: Ask, body: Sending, keyed: Keyed, now: int) -> Any:
    """The id of the message that this key stands for, or the conversation's row."""
    return sent_before(ask, keyed, now) or may_write(ask, body.conversation_id)


def _keyed(who: Who, body: Sending, header: str | None) -> Keyed:
    """The key of a client's send: its own, and nobody else's."""
    key = body.idempotency_key or header
    if not key:
        return Keyed()
    at = "" if body.send_at is None else body.send_at.isoformat()
    parts = (body.conversation_id, body.message_type, body.content, body.media_url, body.quoted_message_id, at)
    digest = hashlib.blake2b(repr(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()
    return Keyed(f"{who.key or who.email}:{key}", digest)


async def _said(house: House, who: Who, body: Sending, row: Any) -> PersonSays:
    """What is to go out, with the quick reply expanded."""
    text, shortcut = body.content.strip(), shortcut_of(body.content)
    if shortcut:
        text = await expand(house, who, shortcut, row)
    if len(text) > MAX_OUTPUT:
        raise Problem(400, f"The text is longer than the {MAX_OUTPUT:,} characters that WhatsApp takes.", "INVALID")
    if body.message_type == "text" and not text:
        raise Problem(400, "There is nothing to send: `content` is empty.", "INVALID")
    return PersonSays(
        row["chat"],
        text,
        pause=await pause_of(house, who.tenant),
        shortcut=shortcut,
        quoted=body.quoted_message_id or "",
    )


async def _file(house: House, who: Who, body: Sending) -> Upload | None:
    """The file that goes out with the message."""
    if body.message_type == "text":
        if body.media_url:
            raise Problem(400, "A text has no `mediaUrl`: say `messageType: image` or `document`.", "INVALID")
        return None
    if not body.media_url:
        raise Problem(400, f"`messageType: {body.message_type}` needs a `mediaUrl`.", "INVALID")
    if (media := house.parts.get(MEDIA)) is None:
        raise Problem(501, "Files cannot be sent here.", "NO_MEDIA")
    taken: Upload = await media.take(who, body.media_url)
    return taken


MEDIA: Final = "media"
"""`house.parts`: who holds what was uploaded, and fetches what is named by an URL."""


def told(ask: Ask, house: House, who: Who, id: str, *, repeated: bool) -> dict[str, Any]:
    """What became of a message that was sent: how it stands, and whether anybody is there to send it."""
    row = _message(ask, id)
    chat = inbox.conversation(ask, row["conversation_id"])
    made = {
        "success": True,
        "message": _shape(row),
        "session": session_shape(house, who.tenant, ask),
        "botPausedUntil": iso(chat["paused_until"]) if chat is not None else None,
    }
    return made | {"repeated": True} if repeated else made


def _shape(row: Any) -> dict[str, Any]:
    return message_shape(row, row["contact_name"], row["looked_at"], row["unread_count"])


def _message(ask: Ask, id: str) -> Any:
    row = ask("inbox_message", id=id).fetchone()
    if row is None:
        raise unknown("message", id)
    return row


def refusal(refused: Refused, conversation: str) -> Problem:
    """Why nothing was sent there, for whoever asked."""
    if refused.why == "no_conversation":
        return unknown("conversation", conversation)
    status, message, code = _REFUSALS[refused.why]
    return Problem(status, message, code)


@router.get("", responses=_UNCHANGED)
async def listed(
    request: Request,
    house: Home,
    conversation_id: Annotated[str, Query(alias="conversationId", max_length=100)],
    before: Annotated[str | None, Query(max_length=100)] = None,
    after: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    who: Who = may("view_conversations"),
) -> Response:
    """The messages of a conversation, oldest first: the last ones, or those before or after one of them."""
    if before and after:
        raise Problem(400, "Say `before` or `after`, not both.", "INVALID")

    def read(ask: Ask) -> dict[str, Any]:
        chat = inbox.conversation(ask, conversation_id)
        if chat is None:
            raise unknown("conversation", conversation_id)
        cursor = _cursor(ask, before or after, conversation_id)
        if after:
            rows, more = inbox.messages_after(ask, conversation_id, cursor, limit)
        else:
            rows, more = inbox.messages_before(ask, conversation_id, cursor, limit)
        customer = chat["contact_name"] or chat["contact_phone"]
        told = [message_shape(row, customer, chat["looked_at"], chat["unread_count"]) for row in rows]
        return {"messages": told, "hasMore": more}

    return conditional(request, house.desk(who.tenant).read(read))


def _cursor(ask: Ask, id: str | None, conversation: str) -> Any | None:
    if id is None:
        return None
    row = ask("message_row", id=id).fetchone()
    if row is None or row["conversation_id"] != conversation:
        raise unknown("message", id)
    return row


class Seen(Shape):
    """Messages at which a person has looked."""

    message_ids: Annotated[list[Name], Field(max_length=1_000, default_factory=list)]


@router.patch("/{id}/mark-read")
async def looked(house: Home, id: Id, body: Seen | None = None, who: Who = may("send_messages")) -> Response:
    """A person has looked at these messages, and so at all that came before them. `id` is one of them, or the
    conversation: without `messageIds` all of it."""
    ids = () if body is None else tuple(body.message_ids)

    def write(ask: Ask) -> int | None:
        chat = inbox.conversation(ask, id)
        if chat is not None and not ids:
            return inbox.looked(ask, chat, max(house.clock.now(), chat["updated_at"]))
        return inbox.looked_at(ask, ids if chat is not None else (id, *ids))

    marked = await house.desk(who.tenant).write(write)
    if marked is None:
        raise unknown("message", id)
    return answer({"success": True, "markedCount": marked})


class Retry(Shape):
    """`confirm` says that a message of which nobody knows whether it went out did not."""

    confirm: bool = False


@router.post("/{id}/retry", responses=_CONFLICT)
async def retried(house: Home, id: Id, body: Retry | None = None, who: Who = may("send_messages")) -> Response:
    """Send again what failed; what is unknown only when a person confirms that it did not arrive."""
    now, confirm = house.clock.now(), body is not None and body.confirm

    def write(ask: Ask) -> dict[str, Any]:
        row = _message(ask, id)
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

    return answer(await house.desk(who.tenant).write(write))


@router.delete("/{id}", responses=_CONFLICT)
async def deleted(house: Home, id: Id, who: Who = may("delete_messages")) -> Response:
    """Take back what has not gone out, or empty what is stored here. What went out, WhatsApp goes on showing."""
    now = house.clock.now()

    def write(ask: Ask) -> dict[str, Any]:
        row = _message(ask, id)
        if row["status"] == "sending":
            raise Problem(409, "This message is being sent at this moment.", "BEING_SENT")
        cancelled = withdraw(ask, id)
        if row["revoked_at"] is None:
            revoke(ask, row["conversation_id"], row, now)
            ask("message_emptied", id=id, who=who.email.lower() or who.key)
            ask("outbox_emptied", id=id)
        said = _CANCELLED if cancelled else _NEVER_OUT if row["status"] == "failed" else _EMPTIED
        return {"success": True, "cancelled": cancelled, "message": said}

    return answer(await house.desk(who.tenant).write(write))


_CANCELLED: Final = "The message was not sent, and will not be."
_NEVER_OUT: Final = "The message is deleted here; it never went out."
_EMPTIED: Final = "The message is deleted here. WhatsApp still shows it: delete it on the phone, too."
