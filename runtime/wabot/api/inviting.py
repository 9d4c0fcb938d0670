"""Who of a tenant's people has access, as those decide who may: nobody gives, or touches, more than they have, and
owners are made and changed by the node's own command line."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from fastapi import Request

from wabot.api.auditing import audit
from wabot.api.door import door_of
from wabot.api.guard import Who
from wabot.api.house import House
from wabot.api.problems import Problem, unknown
from wabot.model.email import email_address
from wabot.model.people import Role
from wabot.model.permissions import PERMISSIONS, permissions_of
from wabot.store.sqlite.node import members
from wabot.store.sqlite.node.members import Invited, Member, NotAllowed
from wabot.store.sqlite.queries import Ask

PATH: Final = "/invite"
"""Where the front end accepts invitations, when the owner of the node names no page."""


class Access(NamedTuple):
    """Somebody was given access. `link` is what they must be sent ("": they log in with the password that they have),
    `expires` when it ends, `added` whether they had no access before."""

    account: str
    link: str
    token: str
    expires: int | None
    added: bool


async def invite(house: House, who: Who, email: str, name: str, role: Role, request: Request | None = None) -> Access:
    """Let the person of that e-mail work in the tenant of `who`, and make the link by which they choose a password.
    Whoever is a member keeps their role; one who has not accepted yet gets another link.

    Raises:
        Problem: 400, that is no e-mail address; 403, the role may do more than `who`.
    """
    address, now = email_address(email.strip()), house.clock.now()
    if address is None:
        raise Problem(400, "That is no e-mail address.", "INVALID")
    _may_give(who, role, {})
    invited = await door_of(house).accounts.write(
        lambda ask: members.invite(ask, who.tenant, address, name.strip(), role, now)
    )
    await audit(house, who, "operator.invite", address, request, role=role)
    return _access(house, invited)


async def change_access(
    house: House,
    who: Who,
    email: str,
    *,
    name: str | None = None,
    role: Role | None = None,
    permissions: Mapping[str, bool] | None = None,
    disabled: bool | None = None,
    request: Request | None = None,
) -> None:
    """Change what a member may do; None leaves a thing as it is. `permissions` is what differs from the role's, by
    permission, or as the original design writes it (`can_delete_messages`). Their tokens of before are refused at once.

    Raises:
        Problem: 403, that is not for `who` to change; 404, there is no such member; 400, no such permission.
    """
    overrides = None if permissions is None else _overrides(permissions)
    now = house.clock.now()

    def work(ask: Ask) -> None:
        found = _member(ask, who, email)
        if (role, overrides, disabled) != (None, None, None):
            _may_touch(who, found)
            _may_give(who, role or found.role, found.permissions if overrides is None else overrides)
        members.change_member(
            ask, who.tenant, found.email, now, name=name, role=role, permissions=overrides, disabled=disabled
        )

    await door_of(house).accounts.write(work)
    changes: dict[str, Any] = {"name": name, "role": role, "permissions": overrides, "disabled": disabled}
    said = {key: value for key, value in changes.items() if value is not None}
    await audit(house, who, "operator.access", email.lower(), request, **said)


async def remove_access(house: House, who: Who, email: str, request: Request | None = None) -> None:
    """The person works in this tenant no more; an account that works nowhere else is gone.

    Raises:
        Problem: 403, that is not for `who` to do; 404, there is no such member.
    """

    def work(ask: Ask) -> None:
        found = _member(ask, who, email)
        _may_touch(who, found)
        members.remove_member(ask, who.tenant, found.email)

    await door_of(house).accounts.write(work)
    await audit(house, who, "operator.remove", email.lower(), request)


async def reset_access(house: House, who: Who, email: str, request: Request | None = None) -> Access:
    """The person's password and logins end, and the link lets them choose another.

    Raises:
        Problem: 403, that is not for `who` to do; 404, there is no such member; 409, they work for other tenants, too.
    """
    now = house.clock.now()

    def work(ask: Ask) -> Invited | None:
        found = _member(ask, who, email)
        _may_touch(who, found)
        return members.reset(ask, who.tenant, found.email, now)

    try:
        again = await door_of(house).accounts.write(work)
    except NotAllowed as error:
        raise Problem(409, str(error), "WORKS_ELSEWHERE") from error
    if again is None:
        raise unknown("member", email)
    await audit(house, who, "operator.reset", email.lower(), request)
    return _access(house, again)


def access(house: House, tenant: str) -> Mapping[str, Member]:
    """Everybody who has, or may have, access to the tenant, by e-mail."""
    found = door_of(house).accounts.read(lambda ask: members.members(ask, tenant))
    return {one.email: one for one in found}


def invite_link(base: str, token: str) -> str:
    """Where an invitation is accepted: `base` is the page of the front end, "" where nobody has named one."""
    page = base or PATH
    return f"{page}{'&' if '?' in page else '?'}token={quote(token)}"


def _access(house: House, invited: Invited) -> Access:
    link = invite_link(house.settings.invite_url, invited.token) if invited.token else ""
    return Access(invited.account, link, invited.token, invited.expires, invited.added)


def _member(ask: Ask, who: Who, email: str) -> Member:
    found = members.member(ask, who.tenant, email.strip().lower())
    if found is None:
        raise unknown("member", email)
    return found


def _may_give(who: Who, role: Role, overrides: Mapping[str, bool]) -> None:
    if role == "owner" and who.role != "owner":
        raise Problem(403, "Owners are made by `wabot operator` on the machine itself.", "FORBIDDEN")
    if beyond := sorted(permissions_of(role, overrides) - who.permissions):
        raise Problem(403, f"You cannot give what you do not have: `{beyond[0]}`.", "FORBIDDEN")


def _may_touch(who: Who, found: Member) -> None:
    if found.email == who.email:
        raise Problem(409, "Nobody changes their own access: another admin does.", "OWN_ACCESS")
    if found.role == "owner" and who.role != "owner":
        raise Problem(403, "Owners are changed by `wabot operator` on the machine itself.", "FORBIDDEN")
    if permissions_of(found.role, found.permissions) - who.permissions:
        raise Problem(403, "They may do more than you.", "FORBIDDEN")


def _overrides(said: Mapping[str, bool]) -> dict[str, bool]:
    found = {name.removeprefix("can_"): given for name, given in said.items()}
    if strange := sorted(set(found) - set(PERMISSIONS)):
        raise Problem(400, f"There is no permission `{strange[0]}`; there are: {', '.join(PERMISSIONS)}.", "INVALID")
    return found
