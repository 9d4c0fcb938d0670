"""`/api/auth`: logging in and out, and one's own password."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field

from wabot.api.answers import Done, Shape, answer, private
from wabot.api.auditing import audit
from wabot.api.credentials import checked
from wabot.api.door import BEARER, door_of
from wabot.api.guard import Home, Who, may
from wabot.api.opening import (
    REFUSED,
    Opened,
    Password,
    TenantId,
    TenantName,
    TenantRole,
    Token,
    User,
    as_who,
    chosen,
    logged_in,
    opened,
    standing,
    tenant_names,
)
from wabot.api.problems import Problem
from wabot.store.sqlite.node.logins import (
    Login,
    Reused,
    holder,
    log_out,
    log_out_by,
    log_out_everywhere,
    renew,
)
from wabot.store.sqlite.node.members import Person, person
from wabot.store.sqlite.queries import Ask

router = APIRouter(prefix="/api/auth", tags=["auth"])


class LogIn(Shape):
    email: Annotated[str, Field(max_length=254)]
    password: Password
    tenant_id: TenantId | None = None


class Refresh(Shape):
    """`tenant_id` goes on in another tenant."""

    refresh_token: Token
    tenant_id: TenantId | None = None


class LogOut(Shape):
    """`refresh_token` stands for the access token where that is over already; `everywhere` ends every login of the
    account."""

    refresh_token: Token | None = None
    everywhere: bool = False


class NewPassword(Shape):
    current_password: Password
    new_password: Password


class KeyName(Shape):
    id: str
    name: str
    permissions: list[str]


class Me(Shape):
    """`user` is null for an API key, and `key` for a person."""

    user: User | None
    key: KeyName | None
    tenant: TenantName
    tenants: list[TenantRole]


@router.post("/login", response_model=Opened, responses=REFUSED)
async def login(body: LogIn, house: Home, request: Request) -> Response:
    """Log in. With several tenants and none named: the one that was worked in last, or the first."""
    person = await checked(door_of(house), body.email.strip().lower(), body.password, request, house.clock.now())
    return await logged_in(house, person, body.tenant_id, request)


@router.post("/refresh", response_model=Opened, responses=REFUSED)
async def refresh(body: Refresh, house: Home, request: Request) -> Response:
    """New tokens for a refresh token, which is used up. One that comes a second time ends its login: somebody else may
    have it."""
    door, now = door_of(house), house.clock.now()

    def work(ask: Ask) -> tuple[Login | Reused, Person, str] | None:
        found = holder(ask, body.refresh_token, now)
        bearer = None if found is None else person(ask, found.account)
        if found is None or bearer is None:
            return None
        tenant = bearer.last_tenant
        if not found.used:
            tenant = chosen(bearer, house.tenants(), body.tenant_id)
            ask("account_last_tenant", account=bearer.account, tenant=tenant)
        renewed = renew(ask, body.refresh_token, now)
        return None if renewed is None else (renewed, bearer, tenant)

    result = await door.accounts.write(work)
    if result is None:
        raise Problem(401, "Log in again: that token is not, or no longer, good.", headers=BEARER)
    renewed, bearer, tenant = result
    if isinstance(renewed, Reused):
        await audit(house, as_who(bearer, tenant), "auth.refresh_reused", bearer.account, request)
        raise Problem(401, "That token was used before: log in again.", "TOKEN_REUSED", headers=BEARER)
    return private(await opened(house, bearer, tenant, renewed))


@router.post("/logout", response_model=Done, responses=REFUSED)
async def logout(house: Home, request: Request, body: LogOut | None = None) -> Response:
    """The login is over: its access and refresh tokens are refused from now on."""
    door, now, asked = door_of(house), house.clock.now(), body or LogOut()
    if asked.refresh_token is not None and not asked.everywhere:
        token = asked.refresh_token
        found = await door.accounts.write(lambda ask: log_out_by(ask, token, now))
        left = None if found is None else door.accounts.read(lambda ask: person(ask, found.account))
        if left is not None:
            await audit(house, as_who(left, left.last_tenant), "auth.logout", left.account, request)
            return answer({"success": True})
    who = await door.enter(request)
    if not who.account:
        raise Problem(403, "An API key has no login; it is revoked by `DELETE /api/keys/…`.", "FORBIDDEN")
    if asked.everywhere:
        await door.accounts.write(lambda ask: log_out_everywhere(ask, who.account, "logout", now))
    else:
        await door.accounts.write(lambda ask: log_out(ask, who.login, now))
    await audit(house, who, "auth.logout", who.account, request, everywhere=asked.everywhere)
    return answer({"success": True})


@router.get("/me", response_model=Me, responses={401: REFUSED[401]})
async def me(house: Home, request: Request, who: Who = may()) -> Response:
    """Whoever asks."""
    door = door_of(house)
    if who.key:
        names = await tenant_names(house, [who.tenant])
        tenant = {"id": who.tenant, "name": names.get(who.tenant, who.tenant)}
        key = {"id": who.key, "name": who.name, "permissions": sorted(who.permissions)}
        return answer({"user": None, "key": key, "tenant": tenant, "tenants": []})
    asking = door.accounts.read(lambda ask: person(ask, who.account))
    if asking is None:
        raise Problem(401, "This account is gone.", headers=BEARER)
    return answer({**await standing(house, asking, who.tenant), "key": None})


@router.post(
    "/password",
    response_model=Done,
    responses={
        **REFUSED,
        400: {"description": "No password can be that."},
        409: {"description": "It was changed meanwhile."},
    },
)
async def password(body: NewPassword, house: Home, request: Request, who: Who = may()) -> Response:
    """Choose another password. Every other login of the account ends."""
    door, now = door_of(house), house.clock.now()
    if not who.account:
        raise Problem(403, "An API key has no password.", "FORBIDDEN")
    asking = await checked(door, who.email, body.current_password, request, now)
    kept = await door.passwords.choose(body.new_password, who.email, who.name)

    def work(ask: Ask) -> bool:
        if ask("account_by_id", account=who.account).fetchone()["password"] != asking.password:
            return False
        ask("account_password", account=who.account, password=kept, at=now)
        log_out_everywhere(ask, who.account, "password", now, but=who.login)
        return True

    if not await door.accounts.write(work):
        raise Problem(409, "The password was changed meanwhile.", "CONFLICT")
    await audit(house, who, "auth.password", who.account, request)
    return answer({"success": True})
