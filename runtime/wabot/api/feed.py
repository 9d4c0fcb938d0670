"""Following each tenant's feed: what changed is read once, made into events, and handed to whoever tells clients.

A tenant's follower wakes at a word on the bus, at the API's own writes, and looks by itself once a second. It begins
at the feed's end: whoever was away asks for what came meanwhile, by the cursor of the last event that they got.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final, Protocol

from wabot.api.hearing import on_word
from wabot.api.house import House
from wabot.api.linking import phone_of
from wabot.api.live.events import Event, built
from wabot.api.problems import Problem
from wabot.model.errors import WabotError
from wabot.model.failure import place_of
from wabot.session.forever import beside, forever
from wabot.store.sqlite.desk import Desk
from wabot.store.sqlite.feeding import after, extent, forget, listen, was_read
from wabot.store.sqlite.queries import Ask

READER: Final = "api"
PART: Final = "feed"
_LOOK: Final = 1.0
"""Seconds between looks."""
_AT_ONCE: Final = 100
"""Rows that are read at a time: a few milliseconds."""
_HOURLY: Final = 3_600.0
_BATCH: Final = 500
"""Rows that are dropped at a time."""


class Listener(Protocol):
    """Tells clients."""

    def wants(self, tenant: str) -> bool:
        """Whether anybody of this tenant's listens just now."""

    async def tell(self, tenant: str, events: Sequence[Event]) -> None:
        """These happened, in this order, after all that was told before."""

    async def anew(self, tenant: str, cursor: int) -> None:
        """What was told before counts no more: the store is another, and its feed stands at `cursor`."""


@dataclass(frozen=True, slots=True)
class Missed:
    """What came after a cursor. `reset`: not all of that is kept any more, so all must be read anew. `more`: there is
    more than was asked for. `cursor` is how far one has come with these."""

    events: Sequence[Event]
    cursor: int
    more: bool = False
    reset: bool = False


class Tail:
    """One tenant's feed, followed. Whoever holds `telling` is told nothing meanwhile; what was told goes up to
    `position`."""

    def __init__(self, house: House, tenant: str, listeners: Sequence[Listener]) -> None:
        self._house, self._tenant, self._listeners = house, tenant, listeners
        self._woken, self._version, self._noted = asyncio.Event(), -1, 0
        self.telling = asyncio.Lock()
        self.position = 0
        self._desk: Desk | None = None

    async def begin(self) -> None:
        """From now on changes are written down.

        Raises:
            Problem, StoreError: the tenant is gone, or its store cannot be used.
        """
        desk = self._house.desk(self._tenant)
        self._noted = await desk.write(lambda ask: listen(ask, READER, self._house.clock.now()), quiet=True)
        self.position = desk.read(extent).last
        self._desk = desk

    async def _begin_anew(self) -> None:
        async with self.telling:
            await self.begin()
            await self._tell_reset()

    async def _tell_reset(self) -> None:
        for listener in self._listeners:
            await listener.anew(self._tenant, self.position)

    def wake(self) -> None:
        self._woken.set()

    async def follow(self) -> None:
        """Until cancelled."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK):
                    await self._woken.wait()
            # A word asks for a look; without one, the file itself says whether anything changed.
            if self._house.desk(self._tenant) is not self._desk:
                await self._begin_anew()
            version = self._house.desk(self._tenant).version()
            if self._woken.is_set() or version != self._version:
                self._woken.clear()
                await self.look()
                self._version = version  # not before: a look that fails is taken again

    async def look(self) -> None:
        """Tell what came since."""
        async with self.telling:
            await self.tell()

    async def tell(self) -> None:
        """The same for whoever holds `telling`."""
        while True:
            told = [one for one in self._listeners if one.wants(self._tenant)]
            if not told:
                self.position = max(self.position, self._house.desk(self._tenant).read(extent).last)
                return
            missed = self.read(self.position, _AT_ONCE)
            for listener in told if missed.events else ():
                await listener.tell(self._tenant, missed.events)
            self.position = missed.cursor
            if missed.reset:
                await self._tell_reset()
            if not missed.more:
                return

    def read(self, position: int, most: int, up_to: int | None = None) -> Missed:
        """What came after `position`, at most so many rows, and none beyond the row `up_to`.

        Raises:
            Problem, StoreError: the tenant is gone, or its store cannot be used.
        """
        phone = phone_of(self._house, self._tenant)

        def work(ask: Ask) -> Missed:
            if not extent(ask).follows(position):
                return Missed((), extent(ask).last if up_to is None else up_to, reset=True)
            rows = [row for row in after(ask, position, most + 1) if up_to is None or row["sequence"] <= up_to]
            events: list[Event] = []
            for row in rows[:most]:
                try:
                    events += built(ask, row, phone)
                except (KeyError, ValueError, TypeError) as error:  # one row that nobody understands stops no other
                    self._house.report.note("an event could not be made", level="error", error=place_of(error))
            cursor = rows[:most][-1]["sequence"] if rows else position
            return Missed(events, cursor, more=len(rows) > most)

        return self._house.desk(self._tenant).read(work)

    async def forget(self) -> None:
        """Drop what is old."""
        desk, now = self._house.desk(self._tenant), self._house.clock.now()
        await self.note()
        while await desk.write(lambda ask: forget(ask, now, _BATCH), quiet=True) == _BATCH:
            await asyncio.sleep(0)

    async def note(self) -> None:
        """Note how far was read, for the sake of what may be dropped. Not with each look: a note is a change of the
        store, after which everybody looks again."""
        if self.position > self._noted:
            at = self._noted = self.position
            desk = self._house.desk(self._tenant)
            await desk.write(lambda ask: was_read(ask, READER, at), flushed=False, quiet=True)


class Feed:
    """Follows every tenant's feed. `listeners` are told of what happens."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.listeners: list[Listener] = []
        self._tails: dict[str, Tail] = {}
        self._beginning: dict[str, asyncio.Lock] = {}
        self._running: dict[str, asyncio.Task[None]] = {}

    def wake(self, tenant: str) -> None:
        """The tenant's store was changed."""
        if tenant in self._tails:
            self._tails[tenant].wake()

    async def tail(self, tenant: str) -> Tail:
        """The tenant's feed, which is followed from now on.

        Raises:
            Problem, StoreError: there is no such tenant, or its store cannot be used.
        """
        async with self._beginning.setdefault(tenant, asyncio.Lock()):
            found = self._tails.get(tenant)
            if found is None:
                found = Tail(self._house, tenant, self.listeners)
                await found.begin()
                self._tails[tenant] = found
                work = forever(found.follow, self._house.report.note, "telling what happens")
                self._running[tenant] = asyncio.create_task(work)
        return found

    async def look_after(self) -> None:
        """Follow every tenant there is, and none that is gone; drop what is old. Until cancelled."""
        loop = asyncio.get_running_loop()
        tidied = loop.time()
        while True:
            for tenant in list(self._house.tenants()):
                with suppress(WabotError):  # its endpoints say so; it is tried again
                    await self.tail(tenant)
            for tenant in self._tails.keys() - self._house.tenants().keys():
                self._tails.pop(tenant)
                self._running.pop(tenant).cancel()
            if loop.time() - tidied > _HOURLY:
                tidied = loop.time()
                for one in list(self._tails.values()):
                    with suppress(WabotError):
                        await one.forget()
            await asyncio.sleep(_LOOK)

    async def stop(self) -> None:
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)
        for tail in self._tails.values():
            with suppress(WabotError):
                await tail.note()


def feed_of(house: House) -> Feed:
    """
    Raises:
        Problem: nobody follows (503).
    """
    found: Feed | None = house.parts.get(PART)
    if found is None:
        raise Problem(503, "Events are not followed here.", "EVENTS_UNAVAILABLE")
    return found


@asynccontextmanager
async def feeding(house: House) -> AsyncIterator[None]:
    """Every tenant's feed is followed within the block."""
    feed = house.parts[PART] = Feed(house)
    before = house.wrote

    def wrote(tenant: str) -> None:
        before(tenant)
        feed.wake(tenant)

    def changed(word: Mapping[str, Any]) -> None:
        feed.wake(str(word.get("tenant", "")))

    house.wrote = wrote
    on_word(house, "changed", changed)
    try:
        async with beside(forever(feed.look_after, house.report.note, "following the tenants' feeds")):
            yield
    finally:
        await feed.stop()
        house.wrote = before
