"""`/api/conversations/:id/…`: who has a chat, whether the bot speaks there, and when it is settled."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime, Field

from wabot.api.answers import Shape, answer, iso
from wabot.api.auditing import audit
from wabot.api.conversations import CONFLICT, Id, assign, detail, found, look_at, reachable
from wabot.api.guard import Home, Who, may
from wabot.api.people import choosing, held, operator_of, pause_of, surveying
from wabot.api.problems import Problem
from wabot.store.sqlite import inbox
from wabot.store.sqlite.answering import settle
from wabot.store.sqlite.queries import Ask

router = APIRouter(
    prefix="/api/conversations",
    tags=["conversations"],
    responses={404: {"description": "There is no such conversation."}},
)


class Assignment(Shape):
    """Whose the chat is to be; `expected_cs_id` is who has it as far as the client knows (null: nobody)."""

    cs_operator_id: Annotated[str, Field(max_length=100)] | None
    expected_cs_id: Annotated[str, Field(max_length=100)] | None = None


@router.post("/{id}/assign", responses=CONFLICT)
async def assigned(
    request: Request, house: Home, id: Id, body: Assignment, who: Who = may("send_messages")
) -> Response:
    """Give a conversation to an operator (null: to nobody)."""
    now = house.clock.now()
    choose = await choosing(house, who.tenant, now)

    def write(ask: Ask) -> Any:
        row = found(ask, id)
        if "expected_cs_id" in body.model_fields_set and row["operator_id"] != body.expected_cs_id:
            raise held(row) if row["operator_id"] else Problem(409, "Nobody has this chat any more.", "CHANGED")
        assign(ask, who, row, body.cs_operator_id, choose, now)
        return found(ask, id)

    row = await house.desk(who.tenant).write(write)
    await audit(house, who, "conversation.assign", id, request, operator=row["operator_id"])
    whose = f"The chat is {row['operator_name']}'s." if row["operator_id"] else "Nobody has the chat."
    return answer({"success": True, "message": whose})


@router.post("/{id}/claim", responses=CONFLICT)
async def claimed(request: Request, house: Home, id: Id, who: Who = may("send_messages")) -> Response:
    """Take a conversation that nobody has. Of two who ask at once one gets it, and the other one is told who."""
    now = house.clock.now()

    def write(ask: Ask) -> Any:
        row = found(ask, id)
        mine = _myself(ask, who)
        if row["status"] == "spam":
            raise Problem(409, "This chat is spam: nobody answers it.", "CONVERSATION_IS_SPAM")
        taken = inbox.claim(ask, id, mine, now)
        if not taken.done:
            raise held(taken.row)
        return detail(ask, taken.row)

    conversation = await house.desk(who.tenant).write(write)
    await audit(house, who, "conversation.claim", id, request)
    return answer({"success": True, "message": "The chat is yours.", "conversation": conversation})


class TakeOver(Shape):
    """`force` takes the chat from whoever has it; `minutes` is for how long the bot is silent."""

    force: bool = False
    minutes: Annotated[int, Field(ge=1, le=43_200)] | None = None


@router.post("/{id}/take-over", responses=CONFLICT)
async def taken_over(
    request: Request, house: Home, id: Id, body: TakeOver | None = None, who: Who = may("send_messages")
) -> Response:
    """A person answers from here on: the bot is silent, and what it was about to say is not said."""
    body, now = body or TakeOver(), house.clock.now()
    pause = body.minutes * 60_000 if body.minutes else await pause_of(house, who.tenant)
    if body.force:
        who.must("assign_chats")

    def write(ask: Ask) -> dict[str, Any]:
        found(ask, id)
        taken = inbox.take_over(ask, id, operator_of(ask, who), now + pause, now, force=body.force)
        if not taken.done and taken.row["status"] == "spam":
            raise Problem(409, "This chat is spam: nobody answers it.", "CONVERSATION_IS_SPAM")
        if not taken.done:
            raise held(taken.row)
        return _silent(ask, taken, who)

    told = await house.desk(who.tenant).write(write)
    await audit(house, who, "conversation.take_over", id, request, force=body.force)
    return answer(told)


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
async def resumed(request: Request, house: Home, id: Id, who: Who = may("send_messages")) -> Response:
    """The bot answers in the chat again."""
    now = house.clock.now()

    def write(ask: Ask) -> dict[str, Any]:
        found(ask, id)
        ask("conversation_resume", id=id, at=now)
        return detail(ask, found(ask, id))

    told = await house.desk(who.tenant).write(write)
    await audit(house, who, "conversation.resume_bot", id, request)
    return answer({"success": True, "message": "The bot answers here.", "botPausedUntil": None, "conversation": told})


@router.post("/{id}/resolve", responses=CONFLICT)
async def resolved(request: Request, house: Home, id: Id, who: Who = may("send_messages")) -> Response:
    """The chat is settled: the bot answers there again, and its operator is free."""
    now = house.clock.now()
    choose, asked = await choosing(house, who.tenant, now), await surveying(house, who.tenant, now)

    def write(ask: Ask) -> dict[str, Any]:
        row = found(ask, id)
        if not settle(ask, id, choose, now, asked(row["chat"])):
            raise Problem(409, f"This chat is {row['status']}: there is nothing to resolve.", "NOT_OPEN")
        return detail(ask, found(ask, id))

    told = await house.desk(who.tenant).write(write)
    await audit(house, who, "conversation.resolve", id, request)
    return answer({"success": True, "message": "The chat is resolved.", "conversation": told})


class Snooze(Shape):
    """Until when; null ends it."""

    until: AwareDatetime | None


@router.post("/{id}/snooze")
async def snoozed(house: Home, id: Id, body: Snooze, who: Who = may("send_messages")) -> Response:
    """Put a chat aside until a time, or until the customer writes."""
    now = house.clock.now()
    until = None if body.until is None else reachable(body.until)
    if until is not None and until <= now:
        raise Problem(400, "`until` is past.", "INVALID")

    def write(ask: Ask) -> dict[str, Any]:
        found(ask, id)
        ask("conversation_snooze", id=id, until=until, at=now)
        return detail(ask, found(ask, id))

    return answer({"success": True, "conversation": await house.desk(who.tenant).write(write)})


@router.post("/{id}/mark-read")
async def looked(house: Home, id: Id, who: Who = may("send_messages")) -> Response:
    """A person has looked at the chat: nothing in it is unread."""

    def write(ask: Ask) -> int:
        return look_at(ask, found(ask, id), house.clock.now())

    return answer({"success": True, "markedCount": await house.desk(who.tenant).write(write)})


def _myself(ask: Ask, who: Who) -> Any:
    mine = operator_of(ask, who)
    if mine is None or mine["role"] == "viewer":
        raise Problem(409, "You answer no chats in this tenant: have yourself added as an operator.", "NO_OPERATOR")
    return mine
