"""`/api/conversations`: the inbox, one chat of it, and what people do there."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from wabot.api.answers import Shape, answer, conditional, iso
from wabot.api.guard import Home, Who, may
from wabot.api.people import ME, choosing, held, operator_of, pause_of
from wabot.api.problems import Problem, unknown
from wabot.api.shapes import contact_shape, conversation_shape, message_shape
from wabot.model.people import Choose
from wabot.store.sqlite import inbox
from wabot.store.sqlite.answering import give, settle
from wabot.store.sqlite.list_statements import MOST
from wabot.store.sqlite.listing import NOBODY, Page, Sort, Wanted, page, words_of
from wabot.store.sqlite.queries import Ask

router = APIRouter(
    prefix="/api/conversations",
    tags=["conversations"],
    responses={404: {"description": "There is no such conversation."}},
)
_CONFLICT: Final[dict[int | str, dict[str, Any]]] = {
    409: {"description": "Somebody else has the chat (`heldBy`), or it stands otherwise; `code` says which."}
}
_UNCHANGED: Final[dict[int | str, dict[str, Any]]] = {304: {"description": "As the client has it (`If-None-Match`)."}}

Status = Literal["active", "pending", "resolved", "closed", "spam"]
Id = Annotated[str, Path(min_length=1, max_length=100)]
_SORTS: Final[dict[str, Sort]] = {"last_message": "last", "created_at": "created", "unread_count": "unread"}
_LAST: Final = 50
"""Messages that come with a conversation."""
_FARTHEST: Final = 1_000_000_000
"""More conversations than any tenant has: what page times limit may reach."""


class Filters(Shape):
    """What a list is asked for."""

    status: Status | None = None
    assigned_to: Annotated[str, Field(max_length=200)] | None = None
    search: Annotated[str, Field(max_length=200)] = ""
    unread_only: bool = False
    snoozed: bool | None = None
    tags: Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=MOST)] = Field(default_factory=list)
    sort_by: Literal["last_message", "created_at", "unread_count"] = "last_message"
    sort_order: Literal["asc", "desc"] = "desc"
    page: Annotated[int, Field(ge=1, le=_FARTHEST)] = 1
    limit: Annotated[int, Field(ge=1, le=100)] = 20


@router.get("", responses=_UNCHANGED)
async def listed(
    request: Request, house: Home, filters: Annotated[Filters, Query()], who: Who = may("view_conversations")
) -> Response:
    """The conversations that match, a page of them."""
    desk, now = house.desk(who.tenant), house.clock.now()

    def read(ask: Ask) -> Page:
        operator = filters.assigned_to or None
        if operator == "none":
            operator = NOBODY
        elif operator == ME:
            mine = operator_of(ask, who)
            if mine is None:
                return Page([], 0)
            operator = mine["id"]
        wanted = Wanted(
            now,
            filters.status,
            operator,
            filters.unread_only,
            filters.snoozed,
            tuple(dict.fromkeys(filters.tags)),
            words_of(filters.search),
        )
        return page(
            ask,
            wanted,
            _SORTS[filters.sort_by],
            descending=filters.sort_order == "desc",
            limit=filters.limit,
            offset=(filters.page - 1) * filters.limit,
        )

    found = desk.read(read)
    meta = {
        "total": found.total,
        "page": filters.page,
        "limit": filters.limit,
        "totalPages": -(-found.total // filters.limit),
    }
    if not found.exact:
        meta["totalIsAtLeast"] = True
    return conditional(request, {"data": [conversation_shape(row) for row in found.rows], "meta": meta})


@router.get("/{id}", responses=_UNCHANGED)
async def shown(request: Request, house: Home, id: Id, who: Who = may("view_conversations")) -> Response:
    """A conversation with its customer and its last messages."""

    def read(ask: Ask) -> dict[str, Any]:
        row = _found(ask, id)
        messages, more = inbox.messages_before(ask, id, None, _LAST)
        customer = row["contact_name"] or row["contact_phone"]
        told = [message_shape(one, customer, row["looked_at"], row["unread_count"]) for one in messages]
        return {"conversation": detail(ask, row), "messages": told, "hasMore": more}

    return conditional(request, house.desk(who.tenant).read(read))


def detail(ask: Ask, row: Any) -> dict[str, Any]:
    """A conversation by itself: what a list shows, and its customer, notes and times."""
    contact = contact_shape(ask("contact_by_id", id=row["contact_id"]).fetchone())
    return conversation_shape(row) | {
        "internalNotes": row["internal_notes"] or None,
        "contact": contact,
        "waitingSince": iso(row["waiting_since"]),
        "assignedAt": iso(row["assigned_at"]),
        "resolvedAt": iso(row["resolved_at"]),
        "takenBy": row["taken_by"] or None,
    }


class Change(Shape):
    """What is to be different; what is not named stays."""

    status: Status | None = None
    priority: Literal["low", "normal", "high", "urgent"] | None = None
    assigned_cs_id: Annotated[str, Field(max_length=100)] | None = None
    tags: Annotated[list[Annotated[str, Field(min_length=1, max_length=100)]], Field(max_length=100)] | None = None
    internal_notes: Annotated[str, Field(max_length=20_000)] | None = None
    category: Annotated[str, Field(max_length=50)] | None = None


@router.patch("/{id}", responses=_CONFLICT)
async def changed(house: Home, id: Id, body: Change, who: Who = may("send_messages")) -> Response:
    """Change a conversation."""
    now = house.clock.now()
    choose = await choosing(house, who.tenant, now)

    def write(ask: Ask) -> dict[str, Any]:
        row = _found(ask, id)
        if body.status is not None:
            inbox.become(ask, row, body.status, choose, now)
        if "assigned_cs_id" in body.model_fields_set:
            assign(ask, who, _found(ask, id), body.assigned_cs_id, choose, now)
        notes, category = body.internal_notes, body.category
        inbox.change(
            ask,
            id,
            now,
            priority=body.priority,
            tags=body.tags,
            category="" if category is None and "category" in body.model_fields_set else category,
            notes="" if notes is None and "internal_notes" in body.model_fields_set else notes,
        )
        return detail(ask, _found(ask, id))

    return answer({"success": True, "conversation": await house.desk(who.tenant).write(write)})


class Assignment(Shape):
    """Whose the chat is to be; `expected_cs_id` is who has it as far as the client knows (null: nobody)."""

    cs_operator_id: Annotated[str, Field(max_length=100)] | None
    expected_cs_id: Annotated[str, Field(max_length=100)] | None = None


@router.post("/{id}/assign", responses=_CONFLICT)
async def assigned(house: Home, id: Id, body: Assignment, who: Who = may("send_messages")) -> Response:
    """Give a conversation to an operator (null: to nobody)."""
    now = house.clock.now()
    choose = await choosing(house, who.tenant, now)

    def write(ask: Ask) -> Any:
        row = _found(ask, id)
        if "expected_cs_id" in body.model_fields_set and row["operator_id"] != body.expected_cs_id:
            raise held(row) if row["operator_id"] else Problem(409, "Nobody has this chat any more.", "CHANGED")
        assign(ask, who, row, body.cs_operator_id, choose, now)
        return _found(ask, id)

    row = await house.desk(who.tenant).write(write)
    whose = row["operator_name"] or "nobody"
    return answer({"success": True, "message": f"The chat is {whose}'s." if row["operator_id"] else "Nobody has it."})


def assign(ask: Ask, who: Who, row: Any, wanted: str | None, choose: Choose, now: int) -> None:
    """Give a chat to somebody. Whoever takes it for themselves gets it only when nobody else has it.

    Raises:
        Problem: it is not given to them.
    """
    if row["status"] == "spam":
        raise Problem(409, "This chat is spam: nobody answers it.", "CONVERSATION_IS_SPAM")
    mine = operator_of(ask, who)
    if wanted is None:
        if mine is None or row["operator_id"] != mine["id"]:
            who.must("assign_chats")
        give(ask, row["id"], "", choose, now)
        return
    operator = ask("operator_by_id", id=wanted).fetchone()
    if operator is None:
        raise unknown("operator", wanted)
    if operator["role"] == "viewer":
        raise Problem(409, f"{operator['name']} is a viewer: they are given no chats.", "VIEWER")
    if mine is not None and mine["id"] == wanted:
        taken = inbox.claim(ask, row["id"], operator, now)
        if not taken.done:
            raise held(taken.row)
        return
    who.must("assign_chats")
    give(ask, row["id"], f"operator:{operator['email']}", choose, now)


@router.post("/{id}/claim", responses=_CONFLICT)
async def claimed(house: Home, id: Id, who: Who = may("send_messages")) -> Response:
    """Take a conversation that nobody has. Of two who ask at once one gets it, and the other one is told who."""
    now = house.clock.now()

    def write(ask: Ask) -> Any:
        row = _found(ask, id)
        mine = _myself(ask, who)
        if row["status"] == "spam":
            raise Problem(409, "This chat is spam: nobody answers it.", "CONVERSATION_IS_SPAM")
        taken = inbox.claim(ask, id, mine, now)
        if not taken.done:
            raise held(taken.row)
        return detail(ask, taken.row)

    conversation = await house.desk(who.tenant).write(write)
    return answer({"success": True, "message": "The chat is yours.", "conversation": conversation})


class TakeOver(Shape):
    """`force` takes the chat from whoever has it; `minutes` is for how long the bot is silent."""

    force: bool = False
    minutes: Annotated[int, Field(ge=1, le=43_200)] | None = None


@router.post("/{id}/take-over", responses=_CONFLICT)
async def taken_over(house: Home, id: Id, body: TakeOver | None = None, who: Who = may("send_messages")) -> Response:
    """A person answers from here on: the bot is silent, and what it was about to say is not said."""
    body, now = body or TakeOver(), house.clock.now()
    pause = body.minutes * 60_000 if body.minutes else await pause_of(house, who.tenant)
    if body.force:
        who.must("assign_chats")

    def write(ask: Ask) -> dict[str, Any]:
        _found(ask, id)
        taken = inbox.take_over(ask, id, operator_of(ask, who), now + pause, now, force=body.force)
        if not taken.done and taken.row["status"] == "spam":
            raise Problem(409, "This chat is spam: nobody answers it.", "CONVERSATION_IS_SPAM")
        if not taken.done:
            raise held(taken.row)
        return _silent(ask, taken, who)

    return answer(await house.desk(who.tenant).write(write))


def _silent(ask: Ask, taken: inbox.Taken, who: Who) -> dict[str, Any]:
    row = taken.row
    name = row["operator_name"] or who.name or who.email
    until = iso(row["paused_until"])
    return {
        "success": True,
        "message": f"{name} has this chat; the bot is silent there until {until}.",
        "heldBy": {"id": row["operator_id"], "name": name},
        "botPausedUntil": until,
        "cancelledReplies": taken.cancelled,
        "conversation": detail(ask, row),
    }


@router.post("/{id}/resume-bot")
async def resumed(house: Home, id: Id, who: Who = may("send_messages")) -> Response:
    """The bot answers in the chat again."""
    now = house.clock.now()

    def write(ask: Ask) -> dict[str, Any]:
        _found(ask, id)
        ask("conversation_resume", id=id, at=now)
        return detail(ask, _found(ask, id))

    told = await house.desk(who.tenant).write(write)
    return answer({"success": True, "message": "The bot answers here.", "botPausedUntil": None, "conversation": told})


@router.post("/{id}/resolve", responses=_CONFLICT)
async def resolved(house: Home, id: Id, who: Who = may("send_messages")) -> Response:
    """The chat is settled: the bot answers there again, and its operator is free."""
    now = house.clock.now()
    choose = await choosing(house, who.tenant, now)

    def write(ask: Ask) -> dict[str, Any]:
        row = _found(ask, id)
        if not settle(ask, id, choose, now):
            raise Problem(409, f"This chat is {row['status']}: there is nothing to resolve.", "NOT_OPEN")
        return detail(ask, _found(ask, id))

    told = await house.desk(who.tenant).write(write)
    return answer({"success": True, "message": "The chat is resolved.", "conversation": told})


class Snooze(Shape):
    """Until when; null ends it."""

    until: datetime | None


@router.post("/{id}/snooze")
async def snoozed(house: Home, id: Id, body: Snooze, who: Who = may("send_messages")) -> Response:
    """Put a chat aside until a time, or until the customer writes."""
    now = house.clock.now()
    until = None if body.until is None else millis(body.until)
    if until is not None and until <= now:
        raise Problem(400, "`until` is past.", "INVALID")

    def write(ask: Ask) -> dict[str, Any]:
        _found(ask, id)
        ask("conversation_snooze", id=id, until=until, at=now)
        return detail(ask, _found(ask, id))

    return answer({"success": True, "conversation": await house.desk(who.tenant).write(write)})


@router.post("/{id}/mark-read")
async def looked(house: Home, id: Id, who: Who = may("send_messages")) -> Response:
    """A person has looked at the chat: nothing in it is unread."""

    def write(ask: Ask) -> int:
        row = _found(ask, id)
        return inbox.looked(ask, row, max(house.clock.now(), row["updated_at"]))

    return answer({"success": True, "markedCount": await house.desk(who.tenant).write(write)})


def millis(at: datetime) -> int:
    """UTC milliseconds; a time without a zone is meant as UTC.

    Raises:
        Problem: 400, a year that nobody lives in.
    """
    if not 1990 <= at.year < 9990:
        raise Problem(400, "That time is out of reach.", "INVALID")
    from datetime import UTC

    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)


def _found(ask: Ask, id: str) -> Any:
    row = inbox.conversation(ask, id)
    if row is None:
        raise unknown("conversation", id)
    return row


def _myself(ask: Ask, who: Who) -> Any:
    mine = operator_of(ask, who)
    if mine is None or mine["role"] == "viewer":
        raise Problem(409, "You answer no chats in this tenant: have yourself added as an operator.", "NO_OPERATOR")
    return mine
