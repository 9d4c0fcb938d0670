"""Who is among the people who answer: inviting, changing and disabling them. What somebody does there is working data
of the tenant (operators); whether they get in is their account, which is joined by the e-mail."""

from typing import Any, Final, Literal

from fastapi import APIRouter, Request, Response
from pydantic import Field

from wabot.api.answers import Done, Shape, answer
from wabot.api.auditing import audit
from wabot.api.door import door_of
from wabot.api.guard import Home, Who, may
from wabot.api.house import House
from wabot.api.operators import UNKNOWN, OneOperator, as_data, found, not_above
from wabot.api.people import choosing
from wabot.api.problems import Problem
from wabot.api.working_hours import read_hours
from wabot.model.email import email_address
from wabot.model.people import Operator, Role
from wabot.model.visible import visible
from wabot.store.sqlite.node.bearing import invite_link
from wabot.store.sqlite.node.members import Invited as LetIn
from wabot.store.sqlite.node.members import change_member, invite, member
from wabot.store.sqlite.queries import Ask
from wabot.store.sqlite.staff import Change, disable_operator, put_operator, set_operator

router = APIRouter(prefix="/api/cs-operators", tags=["operators"])

_MOST_TEAMS: Final = 50
_TAKEN: Final[dict[int | str, dict[str, Any]]] = {409: {"description": "There is one of that address."}}
_OWN: Final[dict[int | str, dict[str, Any]]] = {409: {"description": "That is whoever asks: another admin does it."}}
Assignable = Literal["admin", "supervisor", "operator", "viewer"]
"""The roles that the API gives: an owner is made by the command line alone."""


class NewOperator(Shape):
    name: str = Field(min_length=1, max_length=100)
    email: str = Field(min_length=3, max_length=254)
    role: Assignable
    max_concurrent_chats: int = Field(10, ge=0, le=1_000)
    working_hours: dict[str, Any] | None = None
    teams: list[str] = Field([], max_length=_MOST_TEAMS)


class ChangedOperator(Shape):
    """What is left out stays as it is."""

    name: str | None = Field(None, min_length=1, max_length=100)
    role: Assignable | None = None
    max_concurrent_chats: int | None = Field(None, ge=0, le=1_000)
    working_hours: dict[str, Any] | None = None
    teams: list[str] | None = Field(None, max_length=_MOST_TEAMS)


class OperatorChanged(Shape):
    success: bool
    operator: OneOperator


class Invited(OperatorChanged):
    """`invite_link` is where they choose a password; null for who has one and is let in."""

    invite_link: str | None


@router.post(
    "",
    status_code=201,
    response_model=Invited,
    responses=_TAKEN,
)
async def create(body: NewOperator, request: Request, house: Home, who: Who = may("manage_operators")) -> Response:
    """Somebody is to answer here: they get an account, if they have none, and a link that lets them in. One who was
    disabled comes back as they are described now."""
    not_above(who, body.role)
    email = email_address(body.email.strip())
    if email is None:
        raise Problem(400, "email: that is no e-mail address.", "INVALID")
    name, hours = _name(body.name), read_hours(body.working_hours)
    teams = await _teams(house, who, body.teams)
    desk, now = house.desk(who.tenant), house.clock.now()
    choose = await choosing(house, who.tenant, now)
    row = desk.read(lambda ask: ask("operator_whole_of", email=email).fetchone())
    if row is not None and row["disabled_at"] is None:
        raise _taken(email)

    def let_in(ask: Ask) -> tuple[Role, LetIn]:
        role = _role(ask, who, email, body.role, now)
        return role, invite(ask, who.tenant, email, name, role, now)

    # First whether they may be let in: without that the operator would be there, and could not be added again.
    role, invited = await door_of(house).accounts.write(let_in)
    new = Operator(email, name, role, capacity=body.max_concurrent_chats, hours=hours, teams=teams)
    if not await desk.write(lambda ask: put_operator(ask, new, choose, now)):
        raise _taken(email)
    row = desk.read(lambda ask: ask("operator_whole_of", email=email).fetchone())
    await audit(house, who, "operator.create", row["id"], request, email=email, role=role)
    page = house.settings.invite_url or f"{request.base_url}invite"
    link = invite_link(page, invited.token) if invited.token else None
    return answer({"success": True, "operator": as_data(row), "inviteLink": link}, 201)


@router.patch("/{id}", response_model=OperatorChanged, responses={**UNKNOWN, **_OWN})
async def change(
    id: str, body: ChangedOperator, request: Request, house: Home, who: Who = may("manage_operators")
) -> Response:
    """What somebody is called, may do, and can take on. Their role is that of their account, too."""
    row = found(house, who, id)
    not_above(who, row["role"])
    if body.role is not None and body.role != row["role"]:
        not_above(who, body.role)
        _no_owner(row)
    written = body.model_fields_set
    wanted = Change(
        name=None if body.name is None else _name(body.name),
        role=body.role,
        capacity=body.max_concurrent_chats,
        hours=read_hours(body.working_hours) if "working_hours" in written else None,
        teams=None if body.teams is None else await _teams(house, who, body.teams),
    )
    email, now = row["email"], house.clock.now()
    choose = await choosing(house, who.tenant, now)
    if wanted.role is not None:
        await _change_account(house, who, email, now, role=wanted.role)
    await house.desk(who.tenant).write(lambda ask: set_operator(ask, email, wanted, choose, now))
    await audit(house, who, "operator.change", id, request, fields=sorted(written))
    return answer({"success": True, "operator": as_data(found(house, who, id))})


@router.delete("/{id}", response_model=Done, responses={**UNKNOWN, **_OWN})
async def disable(id: str, request: Request, house: Home, who: Who = may("manage_operators")) -> Response:
    """They get in no more, at once, and their chats go to others. What they wrote and did stays."""
    row = found(house, who, id)
    not_above(who, row["role"])
    _no_owner(row)
    email, now = row["email"], house.clock.now()
    if email == who.email:
        raise Problem(409, "Nobody disables themselves: ask somebody else.", "YOURSELF")
    choose = await choosing(house, who.tenant, now)
    await _change_account(house, who, email, now, disabled=True)
    await house.desk(who.tenant).write(lambda ask: disable_operator(ask, email, choose, now))
    await audit(house, who, "operator.disable", id, request)
    return answer({"success": True})


def _role(ask: Ask, who: Who, email: str, role: Role, now: int) -> Role:
    """The role that somebody has from now on, who may be a member already. Owners stay owners, and whoever adds
    themselves keeps what they are.

    Raises:
        Problem: 403, they are above `who`.
    """
    before = member(ask, who.tenant, email)
    if before is None:
        return role
    not_above(who, before.role)
    if before.role == "owner" or email == who.email:
        return before.role
    change_member(ask, who.tenant, email, now, role=role, disabled=False)
    return role


async def _change_account(house: House, who: Who, email: str, now: int, **wanted: Any) -> None:
    """The account of an operator, if they have one here."""

    def work(ask: Ask) -> None:
        before = member(ask, who.tenant, email)
        if before is not None:
            not_above(who, before.role)
            if email == who.email and wanted.get("role") not in (None, before.role):
                raise Problem(409, "Nobody changes their own access: another admin does.", "YOURSELF")
            change_member(ask, who.tenant, email, now, **wanted)

    await door_of(house).accounts.write(work)


def _no_owner(row: Any) -> None:
    if row["role"] == "owner":
        raise Problem(403, "Who owns the tenant is settled by `wabot operator` alone.", "FORBIDDEN")


def _taken(email: str) -> Problem:
    return Problem(409, f"There is an operator {email} already.", "OPERATOR_EXISTS")


def _name(written: str) -> str:
    name = written.strip()
    if not name or "\n" in name or visible(name) != name:
        raise Problem(400, "name: it is empty, or holds control characters.", "INVALID")
    return name


async def _teams(house: House, who: Who, written: list[str]) -> frozenset[str]:
    """Teams that tenant.yaml has."""
    rules = await house.rules(who.tenant)
    known = None if rules is None else rules.tenant.teams
    if known is not None and (strange := sorted(set(written) - set(known))):
        raise Problem(
            400, f"teams: tenant.yaml has no team {strange[0]!r}; there are: {', '.join(known) or 'none'}", "INVALID"
        )
    return frozenset(written)
