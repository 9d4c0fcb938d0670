"""The people who answer: who they are, whether they are there, and what they have to do."""

from typing import Any, Final, Literal

from fastapi import APIRouter, Request, Response

from wabot.api.answers import Done, Shape, answer, conditional, iso
from wabot.api.auditing import audit
from wabot.api.guard import Home, Who, may
from wabot.api.house import House
from wabot.api.people import choosing
from wabot.api.problems import Problem, unknown
from wabot.api.working_hours import shown
from wabot.model.people import ROLES, Availability, Role
from wabot.store.sqlite.assigning import operator
from wabot.store.sqlite.queries import Ask
from wabot.store.sqlite.staff import Change, set_operator

router = APIRouter(prefix="/api/cs-operators", tags=["operators"])

MOST_CHATS: Final = 200
"""Chats of one operator that are listed."""
KEY_RANK: Final[Role] = "admin"
"""An API key may do to others what an admin may, where it has the permission."""
UNKNOWN: Final[dict[int | str, dict[str, Any]]] = {404: {"description": "There is no such operator here."}}


class Status(Shape):
    status: Literal["online", "away", "busy", "offline"]


class OneOperator(Shape):
    """Averages are seconds, 0 for none yet; `workingHours` is null for always."""

    id: str
    name: str
    email: str
    role: str
    status: str
    current_chat_count: int
    max_concurrent_chats: int
    total_chats_handled: int
    total_messages_sent: int
    average_response_time: float
    customer_satisfaction_score: float | None
    working_hours: dict[str, Any] | None
    teams: list[str]
    is_disabled: bool
    last_seen_at: str | None
    created_at: str


class Operators(Shape):
    operators: list[OneOperator]


class Team(Shape):
    """`members` are the ids of operators."""

    name: str
    members: list[str]
    online: int


class Teams(Shape):
    teams: list[Team]


class Chat(Shape):
    conversation_id: str
    customer_name: str
    customer_phone: str
    status: str
    priority: str
    unread_count: int
    waiting_since: str | None
    assigned_at: str | None
    last_message_at: str | None


class Workload(Shape):
    """`utilization` is in percent of what they can take."""

    operator_id: str
    status: str
    current_chat_count: int
    max_concurrent_chats: int
    utilization: float
    waiting_count: int
    conversations: list[Chat]


@router.get("", response_model=Operators)
async def operators(
    request: Request, house: Home, disabled: bool = False, who: Who = may("view_conversations")
) -> Response:
    """Everybody who answers; with `disabled`, those who no longer do, too."""

    def read(ask: Ask) -> list[dict[str, Any]]:
        rows = ask("operators_at_work").fetchall()
        return [as_data(row) for row in (*rows, *(ask("operators_disabled") if disabled else ()))]

    return conditional(request, {"operators": house.desk(who.tenant).read(read)})


@router.get("/me", response_model=OneOperator, responses=UNKNOWN)
async def me(request: Request, house: Home, who: Who = may()) -> Response:
    """Whoever asks, as an operator. Not everybody with an account is one, and no API key."""
    row = house.desk(who.tenant).read(lambda ask: ask("operator_whole_of", email=who.email).fetchone())
    if row is None or row["disabled_at"] is not None:
        raise Problem(404, "You are not among the operators here: your account only looks on, or is a key's.")
    return conditional(request, as_data(row))


@router.get("/teams", response_model=Teams)
async def teams(request: Request, house: Home, who: Who = may("view_conversations")) -> Response:
    """The teams that chats may go to, and who is in them."""
    rules = await house.rules(who.tenant)
    people = house.desk(who.tenant).read(lambda ask: [(row["id"], operator(row)) for row in ask("operators_at_work")])
    names = dict.fromkeys(() if rules is None else rules.tenant.teams)
    names |= dict.fromkeys(sorted({name for _, one in people for name in one.teams}))
    listed = []
    for name in names:
        members = [(id, one) for id, one in people if name in one.teams]
        online = sum(one.status == "online" for _, one in members)
        listed.append({"name": name, "members": [id for id, _ in members], "online": online})
    return conditional(request, {"teams": listed})


@router.get("/{id}", response_model=OneOperator, responses=UNKNOWN)
async def one_operator(id: str, request: Request, house: Home, who: Who = may("view_conversations")) -> Response:
    return conditional(request, as_data(found(house, who, id)))


@router.get("/{id}/workload", response_model=Workload, responses=UNKNOWN)
async def workload(id: str, request: Request, house: Home, who: Who = may("view_conversations")) -> Response:
    """The chats that somebody has, the longest-waiting first."""
    row = found(house, who, id)
    chats = house.desk(who.tenant).read(lambda ask: ask("operator_chats", id=id, most=MOST_CHATS).fetchall())
    capacity, count = row["max_concurrent_chats"], row["open_chats"]
    return conditional(
        request,
        {
            "operatorId": id,
            "status": row["status"],
            "currentChatCount": count,
            "maxConcurrentChats": capacity,
            "utilization": round(100 * count / capacity, 2) if capacity else 0,
            "waitingCount": sum(chat["since"] is not None for chat in chats),
            "conversations": [_chat(chat) for chat in chats],
        },
    )


@router.patch("/{id}/status", response_model=Done, responses=UNKNOWN)
async def status(id: str, body: Status, request: Request, house: Home, who: Who = may()) -> Response:
    """Say whether somebody is there: oneself, or others whose chats one gives out. Whoever is away gives back the chats
    in which they have not answered, and whoever comes back is given those that wait."""
    row = found(house, who, id)
    if row["email"] != who.email:
        if not (who.may("assign_chats") or who.may("manage_operators")):
            who.must("assign_chats")
        not_above(who, row["role"])
    now = house.clock.now()
    choose = await choosing(house, who.tenant, now)
    change = Change(status=body.status)

    def write(ask: Ask) -> None:
        set_operator(ask, row["email"], change, choose, now)
        if row["email"] == who.email:
            ask("operator_present", email=who.email, at=now)

    await house.desk(who.tenant).write(write)
    if row["email"] != who.email:
        await audit(house, who, "operator.status", id, request, status=body.status)
    return answer({"success": True})


def found(house: House, who: Who, id: str, *, disabled: bool = False) -> Any:
    """The row of an operator of the tenant, with `open_chats`.

    Raises:
        Problem: 404.
    """
    row = house.desk(who.tenant).read(lambda ask: ask("operator_whole", id=id).fetchone())
    if row is None or (row["disabled_at"] is not None and not disabled):
        raise unknown("operator", id)
    return row


def not_above(who: Who, role: Role) -> None:
    """Nobody touches somebody above them, or makes anybody so.

    Raises:
        Problem: 403.
    """
    own: Role = KEY_RANK if who.key else who.role
    if ROLES.index(role) > ROLES.index(own):
        raise Problem(403, f"As {own} you may not do that to, or make, somebody who is {role}.", "FORBIDDEN")


def as_data(row: Any) -> dict[str, Any]:
    """An operator as clients read it; `row` has `open_chats`. Averages are seconds, 0 for none yet."""
    one, answers = operator(row), row["total_first_answers"]
    status: Availability = one.status
    return {
        "id": row["id"],
        "name": one.name,
        "email": one.email,
        "role": one.role,
        "status": status,
        "currentChatCount": one.open_chats,
        "maxConcurrentChats": one.capacity,
        "totalChatsHandled": row["total_chats_handled"],
        "totalMessagesSent": row["total_messages_sent"],
        "averageResponseTime": round(row["total_first_answer_millis"] / answers / 1000) if answers else 0,
        "customerSatisfactionScore": round(row["csat_total"] / row["csat_answers"], 2) if row["csat_answers"] else None,
        "workingHours": shown(one.hours),
        "teams": sorted(one.teams),
        "isDisabled": row["disabled_at"] is not None,
        "lastSeenAt": iso(row["last_seen_at"]),
        "createdAt": iso(row["created_at"]),
    }


def _chat(row: Any) -> dict[str, Any]:
    return {
        "conversationId": row["id"],
        "customerName": row["name"],
        "customerPhone": row["phone"],
        "status": row["status"],
        "priority": row["priority"],
        "unreadCount": row["unread_count"],
        "waitingSince": iso(row["since"]),
        "assignedAt": iso(row["assigned_at"]),
        "lastMessageAt": iso(row["last_message_at"]),
    }
