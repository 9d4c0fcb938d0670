"""Who is there: people whose front end asks for something now and then, whatever it is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from wabot.api.house import House
from wabot.model.errors import WabotError

EVERY: Final = 30_000
"""Milliseconds between two notes that somebody is there."""


class Presence:
    """Notes in the tenants' stores that their operators are there. An operator who was noted once and then shows no
    sign for the tenant's `handoff.absent_after` is taken for away (`wabot.ports.People.distribute`)."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._seen: dict[tuple[str, str], int] = {}
        self._noting: set[asyncio.Task[None]] = set()

    def seen(self, tenant: str, email: str) -> None:
        """The person shows a sign of life: with each request, and as long as a socket of theirs is open. Cheap enough
        to be called for each; nothing is waited for. Whoever is no operator ("": an API key) is nobody here."""
        now = self._house.clock.now()
        if not email or abs(now - self._seen.get((tenant, email), -EVERY)) < EVERY:
            return
        self._seen[tenant, email] = now
        task = asyncio.create_task(self._note(tenant, email, now))
        self._noting.add(task)
        task.add_done_callback(self._noting.discard)

    async def noted(self) -> None:
        """Return when all that was seen is in the stores."""
        for task in list(self._noting):
            await task

    async def _note(self, tenant: str, email: str, now: int) -> None:
        try:
            desk = self._house.desk(tenant)
            if desk.read(lambda ask: ask("operator_whole_of", email=email).fetchone()) is not None:
                await desk.write(lambda ask: ask("operator_present", email=email, at=now).rowcount, flushed=False)
        except WabotError:  # nobody is refused for it: their next request tries again
            self._seen.pop((tenant, email), None)


def presence_of(house: House) -> Presence:
    """The house's own."""
    return house.part("presence", lambda: Presence(house))


@asynccontextmanager
async def keeping_presence(house: House) -> AsyncIterator[None]:
    """What was seen is noted before the API ends."""
    yield
    await presence_of(house).noted()
