"""`/api/auth/invite`: accepting an invitation."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field

from wabot.api.answers import Shape, private
from wabot.api.credentials import checked, slowed
from wabot.api.door import door_of
from wabot.api.guard import Home
from wabot.api.house import House
from wabot.api.opening import REFUSED, Opened, Password, TenantName, Token, logged_in, tenant_names
from wabot.api.problems import Problem
from wabot.engine.assignment import stays
from wabot.model.people import name_from
from wabot.store.sqlite.node.members import Invitation, accept, invitation, person
from wabot.store.sqlite.queries import Ask
from wabot.store.sqlite.staff import Change, set_operator

router = APIRouter(prefix="/api/auth/invite", tags=["auth"])


class Invite(Shape):
    token: Token


class Accept(Shape):
    """`password` is the one that is chosen, or, for an account that has one, that."""

    token: Token
    password: Password
    name: Annotated[str, Field(max_length=100)] | None = None


class InvitationShape(Shape):
    """`has_password`: the account has a password, and accepting needs that; otherwise one is chosen."""

    email: str
    name: str
    tenant: TenantName
    has_password: bool


@router.post(
    "", response_model=InvitationShape, responses={404: {"description": "Not, or no longer, good."}, 429: REFUSED[429]}
)
async def invite(body: Invite, house: Home, request: Request) -> Response:
    """What an invitation is for, before it is accepted."""
    found = await _found(house, body.token, request)
    names = await tenant_names(house, [found.tenant])
    return private(
        {
            "email": found.email,
            "name": found.name,
            "tenant": {"id": found.tenant, "name": names.get(found.tenant, found.tenant)},
            "hasPassword": bool(found.password),
        }
    )


@router.post(
    "/accept",
    response_model=Opened,
    responses={
        **REFUSED,
        404: {"description": "The invitation is not, or no longer, good."},
        409: {"description": "Another invitation must be accepted first."},
    },
)
async def accept_invitation(body: Accept, house: Home, request: Request) -> Response:
    """Accept an invitation, once, and be logged in. Whoever has no password yet chooses one; whoever has one in another
    tenant gives that."""
    door, now = door_of(house), house.clock.now()
    found = await _found(house, body.token, request)
    name = (body.name or "").strip()
    kept: str | None = None
    if found.password:
        await checked(door, found.email, body.password, request, now)
    elif not found.sets_password:
        raise Problem(
            409,
            "Somebody reset the password of this account: choose one by the invitation that came with that, then "
            "accept this one.",
            "PASSWORD_PENDING",
        )
    else:
        kept = await door.passwords.choose(body.password, found.email, name or found.name)
    accepted = await door.accounts.write(lambda ask: accept(ask, body.token, now, password=kept, name=name))
    joined = None if accepted is None else door.accounts.read(lambda ask: person(ask, found.account))
    if joined is None:
        raise _unknown()
    if name:
        await _called(house, found, name, now)
    return await logged_in(house, joined, found.tenant, request, "auth.join")


async def _called(house: House, who: Invitation, name: str, now: int) -> None:
    """Customers and colleagues see the operator's name: one that was only made up from the address gives way."""

    def work(ask: Ask) -> None:
        row = ask("operator_by_email", email=who.email).fetchone()
        if row is not None and row["name"] == name_from(who.email):
            set_operator(ask, who.email, Change(name=name), stays, now)

    if who.tenant in house.tenants():
        await house.desk(who.tenant).write(work)


async def _found(house: House, token: str, request: Request) -> Invitation:
    door, now = door_of(house), house.clock.now()
    found = door.accounts.read(lambda ask: invitation(ask, token, now))
    if found is None:
        await slowed(door, request, now)
        raise _unknown()
    return found


def _unknown() -> Problem:
    return Problem(404, "This invitation is not, or no longer, good: ask for another one.", "INVITATION_UNKNOWN")
