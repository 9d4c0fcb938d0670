"""The API beside a stage's session, asked as a client asks it: real stores, real tokens, no network."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from fastapi import Request

from wabot.api.app import living, make_app
from wabot.api.guard import Who
from wabot.api.house import House
from wabot.api.problems import Problem
from wabot.api.tokens import issue, read
from wabot.model.people import Role
from wabot.model.permissions import ROLE_PERMISSIONS
from wabot.ports import Clock

SECRET = b"a secret of tests, long enough for HS256"


class TokenDoor:
    """Lets in whoever bears a token signed with `SECRET`. Not the real door: it knows no accounts."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.revoked: set[str] = set()

    async def enter(self, request: Request) -> Who:
        return await self.enter_token(request.headers.get("authorization", "").removeprefix("Bearer "))

    async def enter_token(self, token: str) -> Who:
        claims = read(SECRET, token, self._clock.now())
        if claims is None or claims["jti"] in self.revoked:
            raise Problem(401, "Log in first.")
        role: Role = claims["operatorRole"]
        return Who(claims["sub"], claims["email"], role, frozenset(claims["permissions"]), claims["aid"])


class Front:
    """Somebody at a front end. Requests are answered with (status, body)."""

    def __init__(self, client: httpx.AsyncClient, token: str) -> None:
        self.client, self._headers = client, {"authorization": f"Bearer {token}"}

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

    def __init__(self, house: House, client: httpx.AsyncClient) -> None:
        self.house, self.client = house, client

    def front(self, tenant: str = "warung", role: Role = "owner", email: str = "ibu@sari.example") -> Front:
        """Somebody who is logged in as `role`."""
        token = issue(
            SECRET,
            tenant=tenant,
            account=email,
            email=email,
            name=email.split("@")[0].title(),
            role=role,
            permissions=ROLE_PERMISSIONS[role],
            now=self.house.clock.now(),
        )
        return Front(self.client, token)


@asynccontextmanager
async def api(data: Path, tenants: Mapping[str, Path], clock: Clock) -> AsyncIterator[Api]:
    """The API of the tenants (name → folder of rules) with their data in `data`, until the block ends. Beside a
    `stage` with `home="data/warung"`: `api(place / "data", {"warung": shop.folder}, shop.clock)`."""
    house = House(data, lambda: tenants, clock, TokenDoor(clock))
    transport = httpx.ASGITransport(make_app(house))
    async with living(house), httpx.AsyncClient(transport=transport, base_url="http://wabot.test") as client:
        yield Api(house, client)
