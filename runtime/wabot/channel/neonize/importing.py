"""Hands the phone's history on to the inbox, in small parts, beside those who write meanwhile.

The phone sends its chats after a pairing, once, in blobs of some megabytes. They wait on disk.
"""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from wabot.channel.neonize.addresses import Addresses
from wabot.channel.neonize.bounded import Bounded
from wabot.channel.neonize.history import read_history
from wabot.channel.neonize.spool import Spool, keep
from wabot.model.history import History
from wabot.ports import Inbox

_NAMES: Final = 50_000
_TRIES: Final = 3
"""Of reading a sync that the disk does not give."""
_AGAIN: Final = 5.0
"""Seconds until a disk that could not be written is tried again."""
_WRITE: Final = 2.0
"""Seconds for a disk to take what was heard last."""


class Importer:
    """One tenant's; `phone` is the tenant's own number, `folder` where syncs wait."""

    def __init__(self, addresses: Addresses, phone: str, folder: Path) -> None:
        self._addresses, self._phone, self._spool = addresses, phone, Spool(folder)
        self._names: Bounded[str, str] = Bounded(_NAMES)
        self._heard: asyncio.Queue[Any] = asyncio.Queue()
        self._kept = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def hear(self, body: Any) -> None:
        """Take over the library's HistorySyncEv. Nothing of it reaches the disk before `start`."""
        self._heard.put_nowait(body.Data)

    def start(self, inbox: Inbox) -> None:
        """Begin to hand on; only once it is certain whose history it is. Again is harmless."""
        if not self._tasks:
            left = self._spool.first() is not None  # looked at before what is heard now is kept
            self._tasks = [asyncio.create_task(self._keep()), asyncio.create_task(self._hand_on(inbox, left))]

    async def stop(self) -> None:
        """What is not handed on waits for the next start, on disk."""
        if self._tasks:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._heard.join(), _WRITE)
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError, Exception):
                await task
        self._tasks = []

    async def _keep(self) -> None:
        while True:
            await keep(self._spool, await self._heard.get(), _AGAIN)
            self._heard.task_done()
            self._kept.set()

    async def _hand_on(self, inbox: Inbox, left: bool) -> None:
        if left:  # by a process that ended: who is in there is not known yet
            await inbox.history(History(state="pending"))
        tries = 0
        while True:
            self._kept.clear()
            while (file := await asyncio.to_thread(self._spool.first)) is not None:
                try:
                    await self._import(file, inbox)
                    await asyncio.to_thread(self._spool.done, file)
                except OSError:  # deleted meanwhile, or the disk fails for now
                    tries += 1
                    if tries < _TRIES:
                        await asyncio.sleep(_AGAIN)
                        continue
                    await self._set_aside(file, inbox)
                except Exception:  # no sync, or one that nobody has thought of: those after it must not wait for ever
                    await self._set_aside(file, inbox)
                tries = 0
            await self._kept.wait()

    async def _import(self, file: Path, inbox: Inbox) -> None:
        from neonize.proto.waHistorySync import WAWebProtobufsHistorySync_pb2 as syncs

        sync = syncs.HistorySync.FromString(await asyncio.to_thread(file.read_bytes))
        for part in read_history(sync, self._addresses, self._names, self._phone):
            await inbox.history(part)

    async def _set_aside(self, file: Path, inbox: Inbox) -> None:
        try:
            aside = await asyncio.to_thread(self._spool.set_aside, file)
        except OSError:
            await asyncio.sleep(_AGAIN)
        else:
            await inbox.history(History(unread=aside.name))
