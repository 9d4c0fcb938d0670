"""The API beside a stage's session, asked as a client asks it: real stores, real tokens, no network."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from argon2 import PasswordHasher
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.session.stage import START
from tests.tenants import write_tenant
from wabot.api.app import empty_app, living, make_app
from wabot.api.door import AccountsDoor, open_door
from wabot.api.house import House
from wabot.api.lane import SEND, Lane
from wabot.api.passwords import Passwords
from wabot.api.tokens import issue
from wabot.model.people import Role
from wabot.model.permissions import ROLE_PERMISSIONS
from wabot.ports import Clock
from wabot.session.clock import ScriptClock
from wabot.store.sqlite.node import ordering
from wabot.store.sqlite.node.logins import log_in
from wabot.store.sqlite.node.members import change_member, invite

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Argon2 as quick as it can be."""
UNUSABLE = "no password fits this hash"


class Front:
    """Somebody at a front end. Requests are answered with (status, body)."""

    def __init__(self, client: httpx.AsyncClient, token: str) -> None:
        self.client, self.token, self._headers = client, token, {"authorization": f"Bearer {token}"}

    async def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {**self._headers, **more.pop("headers", {})}
        return await self.client.request(method, path, headers=headers, **more)

    async def get(self, path: str, **query: Any) -> Any:
        """The body of an answer that must be one of success."""
        return _good(await self.ask("GET", path, params=query))

    async def post(self, path: str, body: Any = None, **more: Any) -> Any:
        return _good(await self.ask("POST", path, json={} if body is None else body, **more))

    async def patch(self, path: str, body: Any) -> Any:
        return _good(await self.ask("PATCH", path, json=body))

    async def put(self, path: str, body: Any) -> Any:
        return _good(await self.ask("PUT", path, json=body))

    async def delete(self, path: str) -> Any:
        return _good(await self.ask("DELETE", path))


def _good(response: httpx.Response) -> Any:
    assert response.is_success, (response.status_code, response.text)
    return response.json() if response.content else None


class Api:
    """The API of a data folder."""

    def __init__(self, house: House, app: Any, client: httpx.AsyncClient, door: AccountsDoor) -> None:
        self.house, self.app, self.client, self.door = house, app, client, door

    def front(self, tenant: str = "warung", role: Role = "owner", email: str = "") -> Front:
        """Somebody who is logged in as `role`, with an account and a login of their own. Without `email`,
        ibu@sari.example is the owner, and operator@sari.example an operator."""
        email = email or ("ibu@sari.example" if role == "owner" else f"{role}@sari.example")
        name, now = email.split("@")[0].title(), self.house.clock.now()
        with ordering(self.house.data) as ask:
            account = invite(ask, tenant, email, name, role, now, trusted=True).account
            change_member(ask, tenant, email, now, role=role)
            ask("account_password", account=account, password=UNUSABLE, at=now)
            ask("membership_joined", account=account, tenant=tenant, at=now)
            login = log_in(ask, account, tenant, "", now).id
        token = issue(
            self.door.secret,
            tenant=tenant,
            account=account,
            login=login,
            email=email,
            name=name,
            role=role,
            permissions=ROLE_PERMISSIONS[role],
            now=now,
        )
        return Front(self.client, token)


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """Those of every app alike: what FastAPI works out when one is first asked takes longer than most tests."""
    return tuple(empty_app().routes)


def at_once(app: ASGIApp) -> ASGIApp:
    """`app`, handed a message that is sent in one piece, as a server does; httpx says of each that more may come."""

    async def handed(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or (scope["method"], scope["path"]) != ("POST", SEND):
            return await app(scope, receive, send)
        body, more = b"", True
        while more:
            piece = await receive()
            body, more = body + piece.get("body", b""), piece.get("more_body", False)
        pieces = [{"type": "http.request", "body": body, "more_body": False}]

        async def receiving() -> Any:
            return pieces.pop() if pieces else await receive()

        return await app(scope, receiving, send)

    return handed


@asynccontextmanager
async def api(data: Path, tenants: Mapping[str, Path], clock: Clock) -> AsyncIterator[Api]:
    """The API of the tenants (name → folder of rules) with their data in `data`, until the block ends. Beside a
    `stage` with `home="data/warung"`: `api(place / "data", {"warung": shop.folder}, shop.clock)`."""
    door = open_door(data, clock, passwords=Passwords(CHEAP))
    house = House(data, lambda: tenants, clock, door)
    app = make_app(house)
    app.router.routes[:] = _routes()
    # What is asked most takes a lane of its own where the API is served, so it does here.
    transport = httpx.ASGITransport(at_once(Lane(house, app)))
    async with living(house), httpx.AsyncClient(transport=transport, base_url="http://wabot.test") as client:
        yield Api(house, app, client, door)


@asynccontextmanager
async def two_shops(place: Path) -> AsyncIterator[tuple[Api, ScriptClock]]:
    """The API of warung and toko, neither of which has a session."""
    clock = ScriptClock()
    clock.set(START)
    tenants = {name: write_tenant(place / "rules" / name) for name in ("warung", "toko")}
    async with api(place / "data", tenants, clock) as opened:
        yield opened, clock
