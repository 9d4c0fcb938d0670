"""`/api/cs-operators/{id}/access`: whether somebody who answers can log in, and what they may do there."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response
from pydantic import Field

from wabot.api.answers import Shape, answer, iso, private
from wabot.api.auditing import audit
from wabot.api.door import door_of
from wabot.api.guard import Home, Who, may
from wabot.api.operators import UNKNOWN, found, not_above
from wabot.api.problems import Problem
from wabot.model.people import Role
from wabot.model.permissions import PERMISSIONS, permissions_of
from wabot.store.sqlite.node.bearing import invite_link
from wabot.store.sqlite.node.members import Invited, Member, NotAllowed, change_member, invite, member, reset
from wabot.store.sqlite.queries import Ask

router = APIRouter(prefix="/api/cs-operators/{id}/access", tags=["operators"])
_ELSEWHERE: Final[dict[int | str, dict[str, Any]]] = {
    409: {"description": "That is whoever asks, or somebody who works for other tenants, too."}
}


class Access(Shape):
    """`account` is none, invited, active or disabled; `permissions` is all that they may do, `overrides` what of it is
    not their role's."""

    account: str
    role: str
    permissions: list[str]
    overrides: dict[str, bool]
    invited_until: str | None


class Overrides(Shape):
    """What somebody may or may not do, whatever their role: `{"can_delete_messages": false}`. It takes the place of
    what was said before; `{}` leaves what the role may."""

    permissions: Annotated[dict[str, bool], Field(max_length=50)]


class Link(Shape):
    success: bool
    invite_link: str
    expires_at: str


@router.get("", response_model=Access, responses=UNKNOWN)
async def read_access(id: str, house: Home, who: Who = may("manage_operators")) -> Response:
    """Whether somebody can log in, and what they may do."""
    row = found(house, who, id, disabled=True)
    return answer(_shown(row, door_of(house).accounts.read(lambda ask: member(ask, who.tenant, row["email"]))))


@router.patch("", response_model=Access, responses={**UNKNOWN, **_ELSEWHERE, 400: {"description": "No permission."}})
async def change_access(
    id: str, body: Overrides, house: Home, request: Request, who: Who = may("manage_operators")
) -> Response:
    """Give or take single permissions. Their tokens of before are refused at once: their front end renews them."""
    row, now = found(house, who, id), house.clock.now()
    own = {name.removeprefix("can_"): given for name, given in body.permissions.items()}
    if strange := sorted(set(own) - set(PERMISSIONS)):
        raise Problem(400, f"There is no permission {strange[0]!r}; there are: {', '.join(PERMISSIONS)}.", "INVALID")

    def work(ask: Ask) -> Member | None:
        before = _touched(ask, who, row)
        if beyond := sorted(permissions_of(before.role, own) - who.permissions):
            raise Problem(403, f"You cannot give what you do not have: `{beyond[0]}`.", "FORBIDDEN")
        change_member(ask, who.tenant, before.email, now, permissions=own)
        return member(ask, who.tenant, before.email)

    changed = await door_of(house).accounts.write(work)
    await audit(house, who, "operator.access", id, request, permissions=own)
    return answer(_shown(row, changed))


@router.post("/reset", response_model=Link, responses={**UNKNOWN, **_ELSEWHERE})
async def reset_access(id: str, house: Home, request: Request, who: Who = may("manage_operators")) -> Response:
    """Their password and logins end, and the link lets them choose another password. Who has not accepted an invitation
    yet gets another one."""
    row, now = found(house, who, id), house.clock.now()
    name, role = row["name"], row["role"]

    def work(ask: Ask) -> Invited | None:
        before = member(ask, who.tenant, row["email"])
        if before is None or before.state == "invited":
            not_above(who, role if before is None else before.role)
            return invite(ask, who.tenant, row["email"], name, role, now)
        return reset(ask, who.tenant, _touched(ask, who, row).email, now)

    try:
        again = await door_of(house).accounts.write(work)
    except NotAllowed as error:
        raise Problem(409, str(error), "WORKS_ELSEWHERE") from error
    if again is None or not again.token:
        raise Problem(409, "They were let in or removed meanwhile.", "CONFLICT")
    await audit(house, who, "operator.reset", id, request)
    page = house.settings.invite_url or f"{request.base_url}invite"
    return private({"success": True, "inviteLink": invite_link(page, again.token), "expiresAt": iso(again.expires)})


def _touched(ask: Ask, who: Who, row: Any) -> Member:
    """Whose access `who` may change.

    Raises:
        Problem: 403, 404 or 409.
    """
    before = member(ask, who.tenant, row["email"])
    if before is None:
        raise Problem(404, "They have no account; a reset makes one.")
    if before.email == who.email:
        raise Problem(409, "Nobody changes their own access: another admin does.", "YOURSELF")
    not_above(who, before.role)
    if permissions_of(before.role, before.permissions) - who.permissions:
        raise Problem(403, "They may do more than you.", "FORBIDDEN")
    return before


def _shown(row: Any, found: Member | None) -> dict[str, Any]:
    role: Role = row["role"] if found is None else found.role
    overrides = {} if found is None else dict(found.permissions)
    return {
        "account": "none" if found is None else found.state,
        "role": role,
        "permissions": [] if found is None else sorted(permissions_of(role, overrides)),
        "overrides": {f"can_{name}": given for name, given in overrides.items()},
        "invitedUntil": None if found is None or found.state != "invited" else iso(found.invited_until),
    }
