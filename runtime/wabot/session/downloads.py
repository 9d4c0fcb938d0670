"""Customers' files, downloaded beside the pipeline: nothing waits for them, and no reply depends on them.

What is to be downloaded stands in the store, so a restart goes on with it. A failed download is tried again a few
times; then its message says why there is no file. Files whose message is gone (forgotten, too old, taken back) are
deleted.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from wabot.language.rule_set import MediaSettings
from wabot.model.errors import ChannelError, MediaGone, MediaTooLarge, StoreError
from wabot.model.failure import place_of
from wabot.model.media import WantedFile
from wabot.model.message import Message
from wabot.ports import Clock, MediaSource, Store
from wabot.session.report import Report
from wabot.store.media import MediaFolder

_DAY: Final = 86_400_000
"""Milliseconds that a file is looked for; a setting that is switched on reaches back so far."""
_AT_ONCE: Final = 20
_PATIENCE: Final = 180.0
"""Seconds of one download."""
_SWEEP: Final = 3_600.0
"""Seconds between looks for files whose message is gone."""
WAITS: Final = (30.0, 120.0, 600.0)
"""Seconds until a failed download is tried again; after the last try it is given up."""


class Downloads:
    """A session's downloads, one at a time, into `data`/media. `connected` is set while the channel can download."""

    def __init__(
        self,
        store: Store,
        source: MediaSource,
        connected: asyncio.Event,
        clock: Clock,
        settings: Callable[[], MediaSettings],
        report: Report,
        data: Path,
        *,
        waits: tuple[float, ...] = WAITS,
    ) -> None:
        self._store, self._source, self._connected, self._clock = store, source, connected, clock
        self._settings, self._report, self._waits = settings, report, waits
        self._folder = MediaFolder(data)
        self._due: dict[str, float] = {}
        self._asked = asyncio.Event()
        self._asked.set()
        self._sweep_at = 0.0
        self._idle = asyncio.Event()

    def decided(self, message: Message) -> None:
        """A message is stored: perhaps with a file, perhaps it took one back."""
        if message.type == "revoke":
            self._sweep_at = 0.0
        if message.type == "revoke" or message.media is not None:
            self._idle.clear()
            self._asked.set()

    async def settled(self, longest: float = 60.0) -> None:
        """Return when every file is there, given up, or waits to be tried again; after `longest` seconds anyhow."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), longest)

    async def run(self) -> None:
        """Download until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            self._asked.clear()
            try:
                await self._sweep(loop.time())
                while await self._round(loop.time()):
                    await asyncio.sleep(0)
            except (StoreError, OSError) as error:
                self._report.note("a file waits for the store", level="error", error=str(error))
                self._sweep_at = min(self._sweep_at, loop.time() + self._waits[0])
            if not self._asked.is_set():
                self._idle.set()
            next_look = min([self._sweep_at, *self._due.values()])
            with suppress(TimeoutError):
                async with asyncio.timeout_at(next_look):
                    await self._asked.wait()

    async def _round(self, now: float) -> bool:
        """Some of the files that are wanted; whether there may be more of them."""
        settings = self._settings()
        if not settings.download:
            self._due.clear()
            return False
        wanted = await self._store.files.wanted(self._clock.now() - _DAY, _AT_ONCE + len(self._due))
        self._due = {file.id: self._due[file.id] for file in wanted if file.id in self._due}
        ready = [file for file in wanted if self._due.get(file.id, now) <= now]
        for file in ready:
            await self._connected.wait()
            await self._one(file, settings)
        return bool(ready)

    async def _one(self, file: WantedFile, settings: MediaSettings) -> None:
        refusal = _refusal(file, settings)
        if refusal:
            await self._store.files.failed(file.id, refusal)
            return
        try:
            async with asyncio.timeout(_PATIENCE):
                content = await self._source.fetch(file.media, settings.max_size)
        except MediaTooLarge:
            await self._give_up(file, _too_large(settings))
        except MediaGone as error:
            await self._give_up(file, str(error))
        except (ChannelError, TimeoutError) as error:
            await self._again(file, str(error) or "it took too long")
        except Exception as error:  # a bug in a channel must not end all downloads
            self._report.note("a download broke off", level="error", message=file.id, error=place_of(error))
            await self._again(file, "it broke off")
        else:
            await self._keep(file, content, settings)

    async def _keep(self, file: WantedFile, content: bytes, settings: MediaSettings) -> None:
        if len(content) > settings.max_size:  # what was declared is only what the sender says
            await self._give_up(file, _too_large(settings))
            return
        name = await asyncio.to_thread(self._folder.write, file.id, content, file.media.mime)
        self._due.pop(file.id, None)
        if not await self._store.files.stored(file.id, name, len(content)):
            await asyncio.to_thread(self._folder.delete, [name])

    async def _again(self, file: WantedFile, error: str) -> None:
        if file.tries >= len(self._waits):
            await self._give_up(file, error)
            return
        await self._store.files.failed(file.id, "")
        self._due[file.id] = asyncio.get_running_loop().time() + self._waits[file.tries]

    async def _give_up(self, file: WantedFile, error: str) -> None:
        self._due.pop(file.id, None)
        self._report.note("a file was not downloaded", level="warning", message=file.id, reason=error)
        await self._store.files.failed(file.id, error)

    async def _sweep(self, now: float) -> None:
        if now < self._sweep_at:
            return
        self._sweep_at = now + _SWEEP
        names = await asyncio.to_thread(self._folder.names)
        if names and (gone := await self._store.files.unknown(names)):
            await asyncio.to_thread(self._folder.delete, gone)


def _refusal(file: WantedFile, settings: MediaSettings) -> str:
    """Why a file is not even tried, "" when it is."""
    if file.type not in settings.types:
        return f"{file.type} is not in media.types"
    if file.media.size > settings.max_size:
        return _too_large(settings)
    return "" if file.media.source else "it came without a key"


def _too_large(settings: MediaSettings) -> str:
    return f"it is larger than media.max_size ({settings.max_size / 1_000_000:g} MB)"
