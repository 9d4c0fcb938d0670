"""Who comes in: by the token of a person, or by an API key. What a token says counts for nothing without the account
that it was made for: whoever was disabled, removed, logged out or given another role is refused at their next request.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fastapi import Request

from wabot.api.guard import Who
from wabot.api.house import House
from wabot.api.passwords import Passwords
from wabot.api.problems import Problem
from wabot.api.secret import signing_secret
from wabot.api.tokens import LEEWAY, read
from wabot.model.errors import StoreError
from wabot.model.permissions import permissions_of
from wabot.ports import Clock
from wabot.store.sqlite.node import Accounts
from wabot.store.sqlite.node.bearing import KEY_PREFIX
from wabot.store.sqlite.node.keys import key_of

_MOST: Final = 10_000
"""Tokens that are remembered; beyond that all are looked at once more."""
_LONGEST: Final = 4_096
"""Characters of a token."""
_USED: Final = 60_000
"""Milliseconds between two notes that a key was used."""
_FOREVER: Final = 2**62
BEARER: Final = {"www-authenticate": "Bearer"}
"""What every 401 says of how to come in."""


@dataclass(frozen=True, slots=True)
class _Known:
    who: Who
    until: int


class AccountsDoor:
    """`house.Door` by the node's accounts; `secret` signs the tokens. What was looked at once is remembered until any
    account, membership, login or key changes, in whichever process."""

    def __init__(self, accounts: Accounts, secret: bytes, clock: Clock, *, passwords: Passwords | None = None) -> None:
        self.accounts, self.secret, self.passwords = accounts, secret, passwords or Passwords()
        self._clock = clock
        self._known: dict[str, _Known] = {}
        self._access = -1
        self._used: dict[str, int] = {}
        self._notes: set[asyncio.Task[None]] = set()

    async def enter(self, request: Request) -> Who:
        return self._let_in(_borne(request.headers))

    async def enter_token(self, token: str) -> Who:
        """As `enter`, for whoever bears a token or a key in another way than by a request.

        Raises:
            Problem: 401, nobody that is known.
            StoreError: the accounts cannot be read.
        """
        return self._let_in(token)

    async def close(self) -> None:
        for one in list(self._notes):
            await one
        await self.accounts.close()

    def _let_in(self, token: str) -> Who:
        now, access = self._clock.now(), self.accounts.access()
        if access != self._access:
            self._known.clear()
            self._access = access
        known = self._known.get(token)
        if known is None or now >= known.until:
            known = self._look(token, now)
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[token] = known
        if known.who.key:
            self._note_use(known.who.key, now)
        return known.who

    def _look(self, token: str, now: int) -> _Known:
        if not token:
            raise _stranger("Log in first: the request bears no token.")
        found = None
        if len(token) <= _LONGEST:
            found = self._by_key(token, now) if token.startswith(KEY_PREFIX) else self._by_token(token, now)
        if found is None:
            raise _stranger("Log in again: the token or key is not, or no longer, good.")
        return found

    def _by_token(self, token: str, now: int) -> _Known | None:
        claims = read(self.secret, token, now)
        if claims is None:
            return None
        asked = {"tenant": str(claims["sub"]), "account": str(claims["aid"]), "login": str(claims["sid"])}
        row = self.accounts.read(lambda ask: ask("access", now=now, **asked).fetchone())
        if row is None:
            return None
        permissions = permissions_of(row["role"], json.loads(row["permissions"]))
        if claims["operatorRole"] != row["role"] or claims["permissions"] != sorted(permissions):
            return None  # the client would go by what is not so any more: it renews the token
        who = Who(
            asked["tenant"],
            row["email"],
            row["role"],
            permissions,
            account=asked["account"],
            name=row["name"],
            login=asked["login"],
        )
        return _Known(who, (claims["exp"] + LEEWAY) * 1000)

    def _by_key(self, token: str, now: int) -> _Known | None:
        key = self.accounts.read(lambda ask: key_of(ask, token, now))
        if key is None:
            return None
        who = Who(key.tenant, "", "operator", frozenset(key.permissions), key=key.id, name=key.name)
        return _Known(who, _FOREVER if key.expires is None else key.expires)

    def _note_use(self, key: str, now: int) -> None:
        if abs(now - self._used.get(key, -_USED)) < _USED:
            return
        self._used[key] = now
        task = asyncio.create_task(self._noted(key, now))
        self._notes.add(task)
        task.add_done_callback(self._notes.discard)

    async def _noted(self, key: str, now: int) -> None:
        try:
            await self.accounts.write(lambda ask: ask("key_used", id=key, at=now).rowcount, flushed=False)
        except StoreError:
            self._used.pop(key, None)  # the next use tries again; nobody is refused for it


def open_door(data: Path, clock: Clock, *, secret: str = "", passwords: Passwords | None = None) -> AccountsDoor:
    """The door to the API over the data folder, which `closing_door` closes; `secret` is what the owner settled ("":
    that of the data folder, made at the first start).

    Raises:
        StoreError: the accounts cannot be used.
        SecretUnusable: the secret cannot be used.
    """
    signing = signing_secret(data, secret)
    return AccountsDoor(Accounts(data), signing, clock, passwords=passwords)


@asynccontextmanager
async def closing_door(house: House) -> AsyncIterator[None]:
    """The house's door is closed when the API ends."""
    yield
    if isinstance(house.door, AccountsDoor):
        await house.door.close()


def door_of(house: House) -> AccountsDoor:
    """The house's door, where accounts open it.

    Raises:
        Problem: 404, there are no accounts here.
    """
    if not isinstance(house.door, AccountsDoor):
        raise Problem(404, "There are no accounts here.")
    return house.door


def _borne(headers: Mapping[str, Any]) -> str:
    """The token or key that a request bears; "" for none."""
    scheme, _, token = str(headers.get("authorization", "")).partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    return str(headers.get("x-api-key", ""))


def _stranger(why: str) -> Problem:
    return Problem(401, why, headers=BEARER)
