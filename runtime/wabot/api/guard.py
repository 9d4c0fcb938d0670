"""Who may do what: each endpoint names the permission that it needs, and is handed who asks."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request

from wabot.api.house import House, house_of
from wabot.api.presence import presence_of
from wabot.api.problems import Problem
from wabot.model.people import Role
from wabot.model.permissions import Permission


@dataclass(frozen=True, slots=True)
class Who:
    """Whoever asks, in one tenant. `email` is that of the person ("" for an API key), `key` the id of the API key (""
    for a person), `account` the person's account, `login` the login that their token is of. A key has the permissions
    that it was given, whatever its `role` says."""

    tenant: str
    email: str
    role: Role
    permissions: frozenset[str]
    account: str = ""
    key: str = ""
    name: str = ""
    login: str = ""

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def must(self, permission: Permission) -> None:
        """
        Raises:
            Problem: 403.
        """
        if permission not in self.permissions:
            who = "This API key" if self.key else f"Your role ({self.role})"
            raise Problem(403, f"{who} lacks the permission `{permission}`.", "FORBIDDEN")


def served(house: House, who: Who) -> Who:
    """Whoever asks, where their tenant is still served: a folder of rules that was taken away ends it, also while a
    token or key is good for longer.

    Raises:
        Problem: 401.
    """
    if who.tenant not in house.tenants():
        raise Problem(401, "Log in again: this tenant is not, or no longer, served here.", "UNAUTHORIZED")
    return who


class Needs:
    """Whether whoever asks has these permissions; what tests and the OpenAPI document read of an endpoint."""

    def __init__(self, permissions: tuple[Permission, ...]) -> None:
        self.permissions = permissions

    async def __call__(self, request: Request) -> Who:
        return await self.let_in(house_of(request), request)

    async def let_in(self, house: House, request: Request) -> Who:
        """Whoever sends the request, counted and noted as there.

        Raises:
            Problem: 401, 403 or 429.
        """
        who = served(house, await house.door.enter(request))
        if house.shares is not None:
            house.shares.take(request.scope, who.tenant, who.key or who.account or who.email)
        for permission in self.permissions:
            who.must(permission)
        presence_of(house).seen(who.tenant, who.email)
        return who


def may(*permissions: Permission) -> Any:
    """The dependency of an endpoint that needs these permissions: `who: Who = may("send_messages")`."""
    return Depends(Needs(permissions))


async def _home(request: Request) -> House:
    # FastAPI runs a plain function in a thread of its own, at every request.
    return house_of(request)


Home = Annotated[House, Depends(_home)]
"""The annotation of an endpoint's parameter `house`."""
