"""`/api/messages`: writing to customers who wrote first, and what was said."""

from dataclasses import replace
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Header, Path, Query, Request, Response
from pydantic import AwareDatetime, Field

from wabot.api.answers import Shape, answer, conditional, iso
from wabot.api.conversations import found, reachable
from wabot.api.expanding import expand, shortcut_of
from wabot.api.guard import Home, Who, may
from wabot.api.house import House
from wabot.api.outgoing import media_of
from wabot.api.people import author, pause_of
from wabot.api.problems import Problem, unknown
from wabot.api.running import session_shape
from wabot.api.scheduling import Later, later, scheduled
from wabot.api.shapes import message_shapes, one_message_shape
from wabot.language.template import MAX_OUTPUT
from wabot.model.stored import PersonSays
from wabot.store.sqlite import inbox
from wabot.store.sqlite.queries import Ask
from wabot.store.sqlite.sending import Keyed, Refused, may_write, send, sent_before
from wabot.store.sqlite.uploads import Upload

router = APIRouter(
    prefix="/api/messages",
    tags=["messages"],
    responses={404: {"description": "There is no such conversation or message."}},
)
CONFLICT: Final[dict[int | str, dict[str, Any]]] = {409: {"description": "It is not done; `code` says why."}}

Id = Annotated[str, Path(min_length=1, max_length=100)]
_REFUSALS: Final = {
    "not_written_first": (409, "This customer has not written first: wabot writes to nobody who has not.", "NOT_FIRST"),
    "blocked": (409, "This customer is blocked.", "CONTACT_BLOCKED"),
    "spam": (409, "This chat is spam: nobody answers it.", "CONVERSATION_IS_SPAM"),
    "file_gone": (409, "The file is not kept any more: upload it again.", "FILE_GONE"),
    "quote_not_here": (409, "The message that this one replies to does not stand in that chat.", "QUOTE_NOT_HERE"),
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
    send_at: AwareDatetime | None = None


@router.post("/send", responses=CONFLICT)
async def sent(
    house: Home,
    body: Sending,
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
    who: Who = may("send_messages"),
) -> Response:
    """Queue a message: the tenant's session sends it. The bot falls silent in that chat."""
    return answer(await queued(house, who, body, idempotency_key))


async def queued(house: House, who: Who, body: Sending, idempotency_key: str | None) -> dict[str, Any]:
    """Queue a message; what became of it, as it is answered.

    Raises:
        Problem, StoreError: it is not queued.
    """
    desk, now = house.desk(who.tenant), house.clock.now()
    keyed = _keyed(who, body, idempotency_key)
    try:
        row = desk.read(lambda ask: _before(ask, body, keyed, now))
        if isinstance(row, str):
            return desk.read(lambda ask: told(ask, house, who, row, repeated=True))
        said, upload = await _said(house, who, body, row), await _file(house, who, body)
        if body.send_at is not None:
            return await later(house, who, Later(body.conversation_id, said.text, reachable(body.send_at)), keyed)

        def write(ask: Ask) -> dict[str, Any]:
            email, name = author(ask, who)
            id, fresh = send(ask, body.conversation_id, replace(said, operator=email, name=name), keyed, now, upload)
            return told(ask, house, who, id, repeated=not fresh)

        return await desk.write(write)
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
    return Keyed.of(f"{who.key or who.email}:{key}", *parts)


async def _said(house: House, who: Who, body: Sending, row: Any) -> PersonSays:
    """What is to go out, with the quick reply expanded."""
    text, shortcut = body.content.strip(), shortcut_of(body.content)
    if shortcut:
        text = await expand(house, who, shortcut, body.conversation_id)
    if len(text) > MAX_OUTPUT:
        raise Problem(400, f"The text is longer than the {MAX_OUTPUT:,} characters that WhatsApp takes.", "INVALID")
    if body.send_at is not None and (body.message_type != "text" or body.quoted_message_id):
        raise Problem(400, "Only a plain text can be sent later.", "INVALID")
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
    return await media_of(house).take(who, body.media_url)


def told(ask: Ask, house: House, who: Who, id: str, *, repeated: bool) -> dict[str, Any]:
    """What became of a message that was sent: how it stands, and whether anybody is there to send it."""
    if (waiting := scheduled(ask, id)) is not None:
        made: dict[str, Any] = {"message": waiting}
    else:
        row = message_row(ask, id)
        made = {"message": one_message_shape(row), "botPausedUntil": iso(row["paused_until"])}
    made |= {"success": True, "session": session_shape(house, who.tenant, ask)}
    return made | {"repeated": True} if repeated else made


def message_row(ask: Ask, id: str) -> Any:
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


@router.get("")
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
        chat = found(ask, conversation_id)
        cursor = _cursor(ask, before or after, conversation_id)
        if after:
            rows, more = inbox.messages_after(ask, conversation_id, cursor, limit)
        else:
            rows, more = inbox.messages_before(ask, conversation_id, cursor, limit)
        return {"messages": message_shapes(rows, chat), "hasMore": more}

    return conditional(request, house.desk(who.tenant).read(read))


def _cursor(ask: Ask, id: str | None, conversation: str) -> Any | None:
    if id is None:
        return None
    row = ask("message_row", id=id).fetchone()
    if row is None or row["conversation_id"] != conversation:
        raise unknown("message", id)
    return row
