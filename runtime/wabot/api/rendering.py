"""Tenants' rules and quick replies, read, tried, rendered and written where an endless text cannot stop the API.

All of it happens in the processes of `wabot.api.workers`. One tenant has one order there at a time, so that whatever
its files do, the next order of another tenant finds a process.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from wabot.api.house import House
from wabot.api.problems import Problem, unknown
from wabot.api.workers import Died, NotBegun, TooSlow, Workers
from wabot.model.context import Contact, Conversation
from wabot.model.message import MessageType
from wabot.session.last_sound import COPY

PART: Final = "rendering"
RENDERING: Final = 10.0
"""Seconds that a text, or a decision, may take: far beyond what the budget of the sandbox lets one take, also on a busy
machine that reads the tenant's rules first. Others wait for none of it."""
READING: Final = 30.0
"""Seconds that reading a tenant's files may take, or checking them with a change."""
_WAITING: Final = 200
"""Orders of one tenant that wait; more are refused."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a customer writes, and who they are, for trying rules out. `first`: they never wrote before."""

    text: str
    first: bool = False
    name: str = ""
    tags: Sequence[str] = ()
    orders: int = 0
    type: MessageType = "text"
    at: int | None = None
    """UTC milliseconds; None is now."""


@dataclass(slots=True)
class _Turn:
    """A tenant's place in the queue."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0


class Rendering:
    """As long as the API lives: `house.parts["rendering"]`."""

    def __init__(self, house: House, *, rendering: float = RENDERING, reading: float = READING) -> None:
        """`rendering` and `reading` are in seconds."""
        self._house, self._rendering, self._reading = house, rendering, reading
        self.workers = Workers()
        self._turns: dict[str, _Turn] = {}
        self._catalogues: dict[str, tuple[str, Any]] = {}

    async def catalogue(self, tenant: str) -> Mapping[str, Any]:
        """The tenant's rules and quick replies as `wabot.api.workshop.catalogue` tells them.

        Raises:
            Problem: there are none that could be told.
        """
        tag, known = self._catalogues.get(tenant, ("", None))
        told = await self._ask(tenant, self._reading, "catalogue", known=tag)
        if told["catalogue"] is not None:
            known = told["catalogue"]
            self._catalogues[tenant] = told["tag"], known
        assert known is not None
        return dict(known)

    async def decide_test(self, tenant: str, said: Said) -> Mapping[str, Any]:
        """What a customer would get, and why: as `wabot.api.workshop.trying` tells it.

        Raises:
            Problem: the tenant has no sound rules, or the answer takes too long.
        """
        return dict(await self._ask(tenant, self._rendering, "decision", said=_plain(said, self._house.clock.now())))

    async def quick_reply(
        self, tenant: str, shortcut: str, contact: Contact, chat: Conversation, email: str | None = None
    ) -> str:
        """A quick reply (`/salam`) as this customer reads it. `email` is the operator who wants to send it; None asks
        nothing of who that is.

        Raises:
            Problem: 404, there is none for them; 422, its text fails for this customer.
        """
        asked = {
            "shortcut": shortcut,
            "email": email,
            "now": self._house.clock.now(),
            "contact": {
                "phone": contact.phone,
                "name": contact.name,
                "tags": sorted(contact.tags),
                "orders": contact.orders,
                "segment": contact.segment,
            },
            "chat": {
                "status": chat.status,
                "priority": chat.priority,
                "tags": sorted(chat.tags),
                "earlier_messages": chat.earlier_messages,
                "assigned_to": chat.assigned_to,
            },
        }
        return str(await self._ask(tenant, self._rendering, "quick_reply", asked=asked))

    async def change(self, tenant: str, change: Mapping[str, Any]) -> Mapping[str, Any]:
        """Write a rule or a quick reply, as `wabot.api.workshop.changing` takes and tells it.

        Raises:
            Problem: nothing was written.
        """
        data = str(self._house.data / tenant)
        told = await self._ask(
            tenant, self._reading, "change", data=data, change={**change, "now": self._house.clock.now()}
        )
        return dict(told)

    async def close(self) -> None:
        await self.workers.close()

    async def _ask(self, tenant: str, deadline: float, act: str, **more: Any) -> Any:
        folder = self._house.tenants().get(tenant)
        if folder is None:
            raise unknown("tenant", tenant)
        turn = self._turns.setdefault(tenant, _Turn())
        if turn.waiting >= _WAITING:
            message = "Too many requests about this tenant's rules wait already; try again."
            raise Problem(503, message, "BUSY", headers={"retry-after": "2"})
        order = {"act": act, "folder": str(folder), "copy": str(self._house.data / tenant / COPY / tenant), **more}
        turn.waiting += 1
        try:
            async with turn.lock:
                said = await self.workers.ask(order, deadline)
        except TooSlow:
            what = "The text" if deadline == self._rendering else "Reading the tenant's files"
            message = f"{what} took longer than {deadline:g} s and was ended."
            raise Problem(422, message, "TOO_SLOW") from None
        except Died:
            message = "This ended the process that worked on it: perhaps a text, or a file, becomes too large."
            raise Problem(422, message, "TOO_LARGE") from None
        except NotBegun:
            message = "No process could be begun to work on this; try again."
            raise Problem(503, message, "BUSY", headers={"retry-after": "5"}) from None
        finally:
            turn.waiting -= 1
        if "problem" in said:
            raise _problem(said["problem"])
        if "failed" in said:
            raise Problem(500, f"A bug in wabot, please report it: {said['failed']}", "BUG")
        return said["done"]


def rendering_of(house: House) -> Rendering:
    """The house's, made when it is first needed."""
    return house.part(PART, lambda: Rendering(house))


@asynccontextmanager
async def rendering_lives(house: House) -> AsyncIterator[None]:
    """The processes end with the API."""
    rendering = rendering_of(house)
    try:
        yield
    finally:
        await rendering.close()


def _problem(said: Mapping[str, Any]) -> Problem:
    return Problem(said["status"], said["message"], said["code"], headers=said["headers"], **said["more"])


def _plain(said: Said, now: int) -> dict[str, Any]:
    return {
        "text": said.text,
        "first": said.first,
        "name": said.name,
        "tags": list(said.tags),
        "orders": said.orders,
        "type": said.type,
        "now": now if said.at is None else said.at,
    }
