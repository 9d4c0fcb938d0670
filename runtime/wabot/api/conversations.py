"""`/api/conversations`: the inbox, one chat of it, and what people do there."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from wabot.api.answers import Shape, answer, conditional, iso, millis, page_meta
from wabot.api.auditing import audit
from wabot.api.guard import Home, Who, may
from wabot.api.house import House
from wabot.api.people import ME, choosing, held, operator_of, surveying
from wabot.api.problems import Problem, unknown
from wabot.api.scheduling import scheduled_shape
from wabot.api.shapes import contact_shape, conversation_shape, message_shapes
from wabot.model.people import Choose
from wabot.store.sqlite import inbox
from wabot.store.sqlite.answering import give
from wabot.store.sqlite.list_statements import MOST
from wabot.store.sqlite.listing import NOBODY, Page, Sort, Wanted, page, words_of
from wabot.store.sqlite.queries import Ask

router = APIRouter(
    prefix="/api/conversations",
    tags=["conversations"],
    responses={404: {"description": "There is no such conversation."}},
)
CONFLICT: Final[dict[int | str, dict[str, Any]]] = {
    409: {"description": "Somebody else has the chat (`heldBy`), or it stands otherwise; `code` says which."}
}

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
    tags_in_brackets: Annotated[
        list[Annotated[str, Field(max_length=100)]],
        Field(alias="tags[]", max_length=MOST, description="`tags`, as some clients write a list."),
    ] = Field(default_factory=list)
    sort_by: Literal["last_message", "created_at", "unread_count"] = "last_message"
    sort_order: Literal["asc", "desc"] = "desc"
    page: Annotated[int, Field(ge=1, le=_FARTHEST)] = 1
    limit: Annotated[int, Field(ge=1, le=100)] = 20


@router.get("")
async def listed(
    request: Request, house: Home, filters: Annotated[Filters, Query()], who: Who = may("view_conversations")
) -> Response:
    """The conversations that match, a page of them."""
    return conditional(request, inbox_page(house, who, filters))


def inbox_page(house: House, who: Who, filters: Filters) -> dict[str, Any]:
    """The conversations that match, as they are answered.

    Raises:
        Problem, StoreError: the tenant is gone, or its store cannot be read.
    """
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
            tuple(dict.fromkeys((*filters.tags, *filters.tags_in_brackets)))[:MOST],
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

    shown = desk.read(read)
    meta = page_meta(shown.total, filters.page, filters.limit, exact=shown.exact)
    return {"data": [conversation_shape(row) for row in shown.rows], "meta": meta}


@router.get("/{id}")
async def one(request: Request, house: Home, id: Id, who: Who = may("view_conversations")) -> Response:
    """A conversation with its customer and its last messages."""
    return conditional(request, whole(house, who, id))


def whole(house: House, who: Who, id: str) -> dict[str, Any]:
    """A conversation with its customer and its last messages, as it is answered.

    Raises:
        Problem: there is none.
        StoreError: the store cannot be read.
    """

    def read(ask: Ask) -> dict[str, Any]:
        row = found(ask, id)
        messages, more = inbox.messages_before(ask, id, None, _LAST)
        told = message_shapes(messages, row)
        waiting = ask("follow_up_of_conversation", conversation=id).fetchone()
        later = None if waiting is None or waiting["rule_id"] else scheduled_shape(waiting)
        return {"conversation": detail(ask, row), "messages": told, "hasMore": more, "scheduledMessage": later}

    return house.desk(who.tenant).read(read)


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


class ConversationChange(Shape):
    """What is to be different; what is not named stays."""

    status: Status | None = None
    priority: Literal["low", "normal", "high", "urgent"] | None = None
    assigned_cs_id: Annotated[str, Field(max_length=100)] | None = None
    tags: Annotated[list[Annotated[str, Field(min_length=1, max_length=100)]], Field(max_length=100)] | None = None
    internal_notes: Annotated[str, Field(max_length=20_000)] | None = None
    category: Annotated[str, Field(max_length=50)] | None = None


@router.patch("/{id}", responses=CONFLICT)
async def changed(
    request: Request, house: Home, id: Id, body: ConversationChange, who: Who = may("send_messages")
) -> Response:
    """Change a conversation."""
    now = house.clock.now()
    choose, asked = await choosing(house, who.tenant, now), await surveying(house, who.tenant, now)

    def write(ask: Ask) -> dict[str, Any]:
        row = found(ask, id)
        spam = row["status"] == "spam"
        # Whoever is given a chat makes it pending: a status that is said, too, counts more. Spam is given to nobody.
        if spam and body.status is not None:
            inbox.become(ask, row, body.status, choose, now, asked(row["chat"]))
        if _moves(body, row):
            assign(ask, who, found(ask, id), body.assigned_cs_id, choose, now)
        if body.status is not None:
            inbox.become(ask, found(ask, id), body.status, choose, now, asked(row["chat"]))
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
        return detail(ask, found(ask, id))

    told = await house.desk(who.tenant).write(write)
    await audit(house, who, "conversation.update", id, request, fields=sorted(body.model_fields_set))
    return answer({"success": True, "conversation": told})


def _moves(body: ConversationChange, row: Any) -> bool:
    """Whether a change is about whose the chat is. A client that sends back all that it was shown means nothing by the
    holder in it; null alone takes it from everybody, also from those that it waits for."""
    if "assigned_cs_id" not in body.model_fields_set:
        return False
    return body.assigned_cs_id != row["operator_id"] or body.model_fields_set == {"assigned_cs_id"}


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
        raise Problem(409, f"{operator['name']} is a viewer: they are given no chats.", "NO_OPERATOR")
    if mine is not None and mine["id"] == wanted:
        taken = inbox.claim(ask, row["id"], operator, now)
        if not taken.done:
            raise held(taken.row)
        return
    who.must("assign_chats")
    give(ask, row["id"], f"operator:{operator['email']}", choose, now)


def reachable(at: datetime) -> int:
    """UTC milliseconds of a time with a zone.

    Raises:
        Problem: 400, a year that nobody lives in.
    """
    if not 1990 <= at.year < 9990:
        raise Problem(400, "That time is out of reach.", "INVALID")
    return millis(at)


def look_at(ask: Ask, row: Any, now: int) -> int:
    """A person has looked at all of a conversation (a row); how many messages became read."""
    return inbox.looked(ask, row, max(now, row["updated_at"]))


def found(ask: Ask, id: str) -> Any:
    """The row of a conversation.

    Raises:
        Problem: 404, there is none.
    """
    row = inbox.conversation(ask, id)
    if row is None:
        raise unknown("conversation", id)
    return row
