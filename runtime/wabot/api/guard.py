"""Who may do what: each endpoint names the permission that it needs, and is handed who asks."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request

from wabot.api.house import House, house_of
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


def may(*permissions: Permission) -> Any:
    """The dependency of an endpoint that needs these permissions: `who: Who = may("send_messages")`."""

    async def check(request: Request) -> Who:
        who = await house_of(request).door.enter(request)
        for permission in permissions:
            who.must(permission)
        return who

    checked: Callable[[Request], Awaitable[Who]] = check
    return Depends(checked)


Home = Annotated[House, Depends(house_of)]
"""The annotation of an endpoint's parameter `house`."""
