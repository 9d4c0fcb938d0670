"""Messages that go out at a time: a person's reminders, made, listed and taken back, beside the rules' follow-ups."""

from datetime import datetime, tzinfo
from typing import Any, Final, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from wabot.api.answers import Shape, answer, conditional, iso, millis
from wabot.api.conversations import found
from wabot.api.expanding import expand, shortcut_of
from wabot.api.guard import Home, Who, may
from wabot.api.people import author
from wabot.api.problems import Problem, unknown
from wabot.api.shapes import STATUS
from wabot.language.hours import YEARS
from wabot.model.ids import uuid7
from wabot.model.stored import StoredFollowUp
from wabot.model.turn import NewFollowUp
from wabot.session.reminding import LATE, LONGEST, NEVER, Judge, span
from wabot.store.sqlite.following import keep_reminder, take_back
from wabot.store.sqlite.operating import withdraw
from wabot.store.sqlite.queries import Ask

router = APIRouter(tags=["reminders"])

_SHOWN: Final = 7 * 86_400_000
"""Milliseconds for which what was closed is listed."""
_LONGEST_TEXT: Final = 4_096
_REFUSED: Final[dict[int | str, dict[str, Any]]] = {
    404: {"description": "There is no such thing here."},
    409: {"description": "It may not be, or is not, any more; `code` says why."},
    422: {"description": "The quick reply fails for this customer."},
}


class Wanted(Shape):
    """When: either `scheduled_at`, an ISO 8601 time (on the tenant's clock, without an offset), or `in`, such as `2h`.
    With `replace` it takes the place of the one that is pending in the chat."""

    message: str = Field(min_length=1, max_length=_LONGEST_TEXT)
    scheduled_at: str | None = Field(None, max_length=40)
    after: str | None = Field(None, alias="in", max_length=40)
    replace: bool = False


class OneReminder(Shape):
    """`status` is pending or cancelled, or what became of the message."""

    id: str
    conversation_id: str
    customer_name: str
    customer_phone: str
    message: str
    scheduled_at: str
    status: str
    reason: str | None
    rule_id: str | None
    created_by: str | None
    created_at: str
    closed_at: str | None


class Reminders(Shape):
    reminders: list[OneReminder]


class Cancelled(Shape):
    success: bool
    reminder: OneReminder


class Scheduled(Cancelled):
    warning: str | None


@router.post("/api/conversations/{id}/schedule-reminder", status_code=201, response_model=Scheduled, responses=_REFUSED)
async def schedule(id: str, body: Wanted, house: Home, who: Who = may("send_messages")) -> Response:
    """One message to one customer, at a time; one is pending a chat. It is sent if the customer wrote within the 7 days
    before."""
    now, desk = house.clock.now(), house.desk(who.tenant)
    row = desk.read(lambda ask: found(ask, id))
    rules = await house.sound_rules(who.tenant, "who may be written to")
    text = body.message.strip()
    if not text:
        raise Problem(400, "message: there is nothing to say.", "INVALID")
    due = _due(body, now, rules.tenant.timezone)
    if shortcut := shortcut_of(text):
        text = await expand(house, who, shortcut, id)
    judge = Judge(rules, due)
    new = NewFollowUp(uuid7(now), row["chat"], text, "", due)
    before = await desk.write(
        lambda ask: keep_reminder(
            ask, new, now, judge, replace=body.replace, operator=who.email or who.key, name=author(ask, who)[1]
        )
    )
    if isinstance(before, str):
        raise Problem(409, f"Nothing is scheduled: {NEVER[before]}.", before.upper())
    if isinstance(before, StoredFollowUp):
        message = f"A reminder is pending here for {iso(before.due)}; with `replace` this one takes its place."
        raise Problem(409, message, "REMINDER_PENDING", reminderId=before.id)
    made = desk.read(lambda ask: ask("reminder_by_id", id=new.id).fetchone())
    return answer({"success": True, "reminder": _data(made), "warning": LATE if judge.late else None}, 201)


@router.get("/api/reminders", response_model=Reminders)
async def reminders(
    request: Request,
    house: Home,
    status: Literal["pending", "closed", "all"] = "all",
    conversation: str = Query("", alias="conversationId", max_length=64),
    limit: int = Query(100, ge=1, le=500),
    who: Who = may("view_conversations"),
) -> Response:
    """What is pending, the next first; then what was sent or cancelled within the last 7 days, the last first."""
    since = house.clock.now() - _SHOWN

    def read(ask: Ask) -> list[Any]:
        rows: list[Any] = []
        if status != "closed":
            rows += ask("reminders_pending", conversation=conversation, most=limit).fetchall()
        if status != "pending":
            most = limit - len(rows)
            rows += ask("reminders_closed", conversation=conversation, since=since, most=most).fetchall()
        return rows

    return conditional(request, {"reminders": [_data(row) for row in house.desk(who.tenant).read(read)]})


@router.delete("/api/reminders/{id}", response_model=Cancelled, responses=_REFUSED)
async def cancel(id: str, house: Home, who: Who = may("send_messages")) -> Response:
    """The customer does not get it, if it has not gone out."""
    now, desk = house.clock.now(), house.desk(who.tenant)
    if desk.read(lambda ask: ask("reminder_by_id", id=id).fetchone()) is None:
        raise unknown("reminder", id)
    done = await desk.write(lambda ask: take_back(ask, id, now) or withdraw(ask, id))
    after = _data(desk.read(lambda ask: ask("reminder_by_id", id=id).fetchone()))
    if not done:
        raise Problem(409, f"Only one that is pending can be cancelled; this one is {after['status']}.", "NOT_PENDING")
    return answer({"success": True, "reminder": after})


def _due(body: Wanted, now: int, zone: tzinfo) -> int:
    if (body.after is None) == (body.scheduled_at is None):
        raise Problem(400, 'Say when: "scheduledAt" or "in".', "INVALID")
    if body.after is not None:
        wait = span(body.after)
        if wait is None:
            raise Problem(400, "in: a time such as 30m, 2h or 1d, up to 366d.", "INVALID")
        return now + wait
    due = _moment(body.scheduled_at or "", zone)
    if due <= now:
        raise Problem(400, "scheduledAt: that is past.", "INVALID")
    if due - now > LONGEST:
        raise Problem(400, "scheduledAt: that is more than a year away.", "INVALID")
    return due


def _moment(written: str, zone: tzinfo) -> int:
    try:
        moment = datetime.fromisoformat(written)
        if moment.year not in YEARS:
            raise ValueError
    except ValueError:
        raise Problem(400, "scheduledAt: write a time as 2026-01-29T09:00:00+07:00.", "INVALID") from None
    if moment.tzinfo is not None:
        return millis(moment)
    at = millis(moment.replace(tzinfo=zone))
    if datetime.fromtimestamp(at / 1000, zone).replace(tzinfo=None) != moment:
        raise Problem(400, f"scheduledAt: there is no such time on that day in {zone}.", "INVALID")
    return at


def _data(row: Any) -> dict[str, Any]:
    """A reminder as clients read it. `status` is pending or cancelled, or what became of the message."""
    sending = row["sending"] or ("pending" if row["status"] == "handed_over" else row["status"])
    return {
        "id": row["id"],
        "conversationId": row["conversation_id"],
        "customerName": row["name"],
        "customerPhone": row["phone"],
        "message": row["text"],
        "scheduledAt": iso(row["due_at"]),
        "status": STATUS.get(sending, sending),
        "reason": row["error"] or row["reason"] or None,
        "ruleId": row["rule_id"] or None,
        "createdBy": row["operator"] or None,
        "createdAt": iso(row["created_at"]),
        "closedAt": iso(row["closed_at"]),
    }
