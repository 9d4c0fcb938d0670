"""What arrives while a process is logged in only to link or unlink the device: WhatsApp does not say it again."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

from wabot.channel.neonize.addresses import Addresses
from wabot.channel.neonize.last_words import last_words
from wabot.channel.neonize.library import Client, Event
from wabot.channel.neonize.reading import read_or_keep
from wabot.channel.neonize.seals import Seals
from wabot.channel.neonize.spool import FOLDER, Spool, keep
from wabot.channel.neonize.translate import announces_history, says_nothing
from wabot.ports import Inbox

_QUEUE: Final = 15.0
"""Seconds to wait for WhatsApp to have said all that waited for this device."""
_DOWNLOAD: Final = 30.0
"""Seconds to wait for a history that was announced. The library acknowledges the announcement, and then downloads."""
_AGAIN: Final = 1.0
"""Seconds until a disk that could not be written is tried again; the process's deadline ends it."""


class Ears:
    """Messages go to the journal and histories into the spool, for the session that comes. Nothing does before `open`:
    until then it is not certain whose they are. One for all connections that are made with the key store `keys`.
    `complain` gets sentences for the log."""

    def __init__(self, inbox: Inbox, keys: Path, complain: Callable[[str], None]) -> None:
        self._inbox, self._keys, self._complain = inbox, keys, complain
        self._spool = Spool(keys.parent / FOLDER)
        self._addresses = Addresses()
        self._seals = Seals(self._addresses)
        self._held: list[Event] = []
        self._open = self._caught_up = False
        self._announced = 0

    def load(self) -> None:
        """Learn what the key store knows, under the condition of `Addresses.load`."""
        self._addresses.load(self._keys)
        self._seals.load(self._keys)

    async def hear(self, event: Event) -> None:
        """Take any event of a client; those without content are passed over."""
        if event.kind == "Message" and announces_history(event.body):
            self._announced += 1
        elif event.kind == "OfflineSyncCompleted":
            self._caught_up = True
        elif event.kind == "HistorySync":
            self._announced = max(0, self._announced - 1)
        if self._open:
            await self._take(event)
        else:
            self._held.append(event)

    async def open(self) -> None:
        """It is certain that they are the tenant's."""
        self._open = True
        for event in self._held:
            await self._take(event)
        self._held.clear()

    def forget(self) -> None:
        """What came so far nobody claims any more: another phone may be linked from now on."""
        self._held.clear()

    def hurry(self) -> None:
        """The device is about to be unlinked: nothing more is waited for."""
        self._caught_up = True

    async def drain(self, client: Client) -> None:
        """Take what comes until all that waited at WhatsApp has come and no download is under way."""
        begun = asyncio.get_running_loop().time()
        until = begun + _DOWNLOAD
        while not self._caught_up and await self._next(client, begun + _QUEUE):
            pass
        while self._announced and await self._next(client, until):
            pass

    async def hang_up(self, client: Client) -> None:
        """End a connection, and take what came until then. What comes after it is not acknowledged, and WhatsApp says
        it to the next one, or to the session."""
        async for event in last_words(client):
            await self.hear(event)
        self._caught_up, self._announced = False, 0

    async def _next(self, client: Client, until: float) -> bool:
        try:
            async with asyncio.timeout_at(until):
                event = await client.events.get()
        except TimeoutError:
            return False
        await self.hear(event)
        return event.kind != "Ended"

    async def _take(self, event: Event) -> None:
        if event.kind == "Message":
            if not says_nothing(event.body):
                await self._inbox.message(read_or_keep(event.body, self._addresses, self._seals, self._complain))
        elif event.kind == "HistorySync":
            await keep(self._spool, event.body.Data, _AGAIN)
