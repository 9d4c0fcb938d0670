"""What somebody is handed who has logged in: tokens, and where they may work."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import Request, Response
from pydantic import Field

from wabot.api.answers import Shape, private
from wabot.api.auditing import audit
from wabot.api.door import BEARER, door_of
from wabot.api.fences.addresses import address_of
from wabot.api.guard import Who
from wabot.api.house import House
from wabot.api.passwords import MOST
from wabot.api.problems import Problem
from wabot.api.tokens import LIFE, issue
from wabot.language.document import read_document
from wabot.model.permissions import permissions_of
from wabot.store.sqlite.node.logins import Login, log_in
from wabot.store.sqlite.node.members import Membership, Person
from wabot.store.sqlite.queries import Ask

_NAMES: Final = "tenant_names"


class TenantName(Shape):
    id: str
    name: str


class TenantRole(TenantName):
    role: str


class User(Shape):
    """`operator_id` is theirs among the operators of the tenant (`csOperatorId` elsewhere); null when they are none."""

    id: str
    email: str
    name: str
    role: str
    permissions: list[str]
    operator_id: str | None


class Opened(Shape):
    """`expires_in` is seconds."""

    access_token: str
    refresh_token: str
    token_type: str
    expires_in: int
    tenant: TenantName
    tenants: list[TenantRole]
    user: User


Password = Annotated[str, Field(max_length=5 * MOST)]
Token = Annotated[str, Field(max_length=500)]
TenantId = Annotated[str, Field(max_length=63)]
REFUSED: Final[dict[int | str, dict[str, Any]]] = {
    401: {"description": "Wrong, or no longer good."},
    403: {"description": "No access to that tenant, or to any."},
    429: {"description": "Too many wrong tries; `Retry-After` says how long to wait."},
}


def chosen(person: Person, there: Iterable[str], wanted: str | None) -> str:
    """In which tenant somebody works now: the one that they want, else where they were last, else the first.

    Raises:
        Problem: 403, they may not work there, or nowhere.
    """
    open_to = sorted(set(person.memberships) & set(there))
    if not open_to:
        raise Problem(403, "This account has access to no tenant here.", "NO_TENANT")
    if wanted is not None:
        if wanted not in open_to:
            raise Problem(403, "This account has no access to that tenant.", "NO_TENANT")
        return wanted
    return person.last_tenant if person.last_tenant in open_to else open_to[0]


async def logged_in(
    house: House, person: Person, wanted: str | None, request: Request, action: str = "auth.login"
) -> Response:
    """The answer to whoever has shown that they are that person, as `Opened`.

    Raises:
        Problem: 403, they may not work where they want to; 401, their password was changed meanwhile.
    """
    door, now = door_of(house), house.clock.now()
    tenant = chosen(person, house.tenants(), wanted)

    def work(ask: Ask) -> Login | None:
        if ask("account_by_id", account=person.account).fetchone()["password"] != person.password:
            return None
        return log_in(ask, person.account, tenant, address_of(request.scope), now)

    login = await door.accounts.write(work)
    if login is None:
        raise Problem(401, "The password was changed meanwhile.", "WRONG_CREDENTIALS", headers=BEARER)
    await audit(house, as_who(person, tenant), action, person.account, request)
    return private(await opened(house, person, tenant, login))


def as_who(person: Person, tenant: str) -> Who:
    """The person in the tenant; without any permission where they may not work there any more."""
    role, overrides = person.memberships.get(tenant, Membership("viewer", {}))
    permissions = permissions_of(role, overrides) if tenant in person.memberships else frozenset()
    return Who(tenant, person.email, role, permissions, account=person.account, name=person.name)


async def opened(house: House, person: Person, tenant: str, login: Login) -> dict[str, Any]:
    """What somebody is handed who works in the tenant from now on, as `Opened`."""
    who = as_who(person, tenant)
    access = issue(
        door_of(house).secret,
        tenant=tenant,
        account=person.account,
        login=login.id,
        email=person.email,
        name=person.name,
        role=who.role,
        permissions=who.permissions,
        now=house.clock.now(),
    )
    return {
        "accessToken": access,
        "refreshToken": login.refresh,
        "tokenType": "Bearer",
        "expiresIn": LIFE // 1000,
        **await standing(house, person, tenant),
    }


async def standing(house: House, person: Person, tenant: str) -> dict[str, Any]:
    """Who somebody is in the tenant, and where else they may work."""
    names = await tenant_names(house, sorted(person.memberships))
    who = as_who(person, tenant)
    return {
        "tenant": {"id": tenant, "name": names.get(tenant, tenant)},
        "tenants": [{"id": id, "name": name, "role": person.memberships[id].role} for id, name in names.items()],
        "user": {
            "id": person.account,
            "email": person.email,
            "name": person.name,
            "role": who.role,
            "permissions": sorted(who.permissions),
            "operatorId": _operator(house, tenant, person.email),
        },
    }


async def tenant_names(house: House, tenants: Iterable[str]) -> dict[str, str]:
    """What those of these tenants are called that are there, by their own tenant.yaml; their id where that cannot be
    read."""
    known: dict[Path, tuple[Any, str]] = house.part(_NAMES, dict)
    found, folders = {}, house.tenants()
    for tenant in (one for one in tenants if one in folders):
        path = folders[tenant] / "tenant.yaml"
        seen = _stamp(path)
        if path not in known or known[path][0] != seen:
            data = (await asyncio.to_thread(read_document, path)).data
            name = data.get("name") if isinstance(data, dict) else None
            known[path] = (seen, name if isinstance(name, str) and name else tenant)
        found[tenant] = known[path][1]
    return found


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def _operator(house: House, tenant: str, email: str) -> str | None:
    row = house.desk(tenant).read(lambda ask: ask("operator_whole_of", email=email).fetchone())
    return None if row is None or row["disabled_at"] is not None else str(row["id"])
