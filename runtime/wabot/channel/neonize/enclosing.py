"""Files that replies send: read when they are sent, uploaded once, and known again for some hours."""

import asyncio
import stat
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from wabot.channel.neonize.bounded import Bounded
from wabot.channel.neonize.composing import Enclosure
from wabot.channel.neonize.library import Client, LibraryError
from wabot.channel.neonize.pictures import Look, look
from wabot.channel.neonize.redact import redact
from wabot.language.files import open_file
from wabot.model.errors import ChannelError, SendRefused
from wabot.model.media import HEAD, is_picture, media_type, mime_type, unsendable
from wabot.ports import Clock

PATIENCE: Final = 40.0
"""Seconds of one send that an upload may take: with the library's 75 for the message itself, less than the sender's
lease. A longer upload goes on, and the next try finds it done."""
KEPT: Final = 6 * 3_600_000
"""Milliseconds for which an uploaded file is sent again without another upload; WhatsApp keeps it for weeks."""
_MOST: Final = 32
# Said by WhatsApp's media servers to what they will never take.
_NEVER: Final = ("status code 413", "status code 415")


class _Version(NamedTuple):
    """A file as it is now."""

    path: Path
    size: int
    changed: int
    number: int


class Enclosures:
    """One channel's. `find` tells where a file that a rule names lies now; a link in its place is not followed."""

    def __init__(self, clock: Clock, find: Callable[[str], Path]) -> None:
        self._clock, self._find = clock, find
        self._uploads: dict[_Version, asyncio.Task[Enclosure]] = {}
        self._ready: Bounded[_Version, tuple[int, Enclosure]] = Bounded(_MOST)

    async def ready(self, client: Client, media: str) -> Enclosure:
        """The file `media`, uploaded. Two chats that want it at once wait for one upload.

        Raises:
            SendRefused: it is not there, or WhatsApp does not take it.
            ChannelError: not now; trying again later is safe.
        """
        version = await asyncio.to_thread(_version, self._find(media))
        at, enclosure = self._ready.get(version, (0, None))
        if enclosure is not None and 0 <= self._clock.now() - at < KEPT:
            return enclosure
        upload = self._uploads.get(version)
        if upload is None:
            upload = self._uploads[version] = asyncio.create_task(self._upload(client, version))
            upload.add_done_callback(partial(self._done, version))
        try:
            return await asyncio.wait_for(asyncio.shield(upload), PATIENCE)
        except TimeoutError:
            if upload.done():
                raise ChannelError("WhatsApp did not say whether it has the file. It can be tried again.") from None
            raise ChannelError("the file is still being uploaded. It can be tried again.") from None

    def _done(self, version: _Version, upload: asyncio.Task[Enclosure]) -> None:
        del self._uploads[version]
        if not upload.cancelled():
            upload.exception()  # perhaps nobody waits any more; the next try begins anew

    async def _upload(self, client: Client, version: _Version) -> Enclosure:
        name = version.path.name
        content, seen = await asyncio.to_thread(_read, version)
        kind, mime = media_type(name), mime_type(name, content[:HEAD])
        if kind == "image" and not is_picture(content[:HEAD]):
            kind = "document"  # no phone shows it, but the customer can open it
        try:
            uploaded = await client.upload(content, picture=kind == "image")
        except LibraryError as error:
            said = redact(str(error))
            if any(phrase in said.lower() for phrase in _NEVER):
                raise SendRefused(f"WhatsApp does not take the file {name} ({said}).") from None
            raise ChannelError(f"the file could not be uploaded ({said}). It can be tried again.") from None
        enclosure = Enclosure(kind, name, mime, uploaded, seen if kind == "image" else Look())
        self._ready[version] = (self._clock.now(), enclosure)
        return enclosure


def _version(path: Path) -> _Version:
    try:
        seen = path.lstat()
        if not stat.S_ISREG(seen.st_mode):
            raise SendRefused(f"the file {path.name} is not there (any more): there is nothing to send.")
    except FileNotFoundError:
        raise SendRefused(f"the file {path.name} is not there (any more): there is nothing to send.") from None
    except OSError as error:
        raise SendRefused(f"the file {path.name} cannot be read: {error.strerror}.") from None
    if why := unsendable(path.name, seen.st_size):
        raise SendRefused(f"the file {path.name} {why}.")
    return _Version(path, seen.st_size, seen.st_mtime_ns, seen.st_ino)


def _read(version: _Version) -> tuple[bytes, Look]:
    try:
        with open_file(version.path, follow=False) as file:
            content = file.read(version.size + 1)  # and no more than was found to be sendable
    except OSError as error:
        raise SendRefused(f"the file {version.path.name} cannot be read: {error.strerror or error}.") from None
    if len(content) != version.size:
        raise ChannelError(f"the file {version.path.name} is being changed. It can be tried again.")
    return content, look(content) if is_picture(content[:HEAD]) else Look()
