"""A file on its way in: judged by what is in it, counted, and written to the disk as it comes; whole or not at all."""

import asyncio
import errno
import hashlib
from typing import Final

from wabot.api.problems import Problem
from wabot.model.ids import uuid7
from wabot.model.media import LARGEST, is_picture, unsendable
from wabot.model.sendable import ACCEPTED, ENOUGH, Kind, clean_name, kind
from wabot.store.outgoing import OutgoingFolder
from wabot.store.sqlite.uploads import Upload

_AT_ONCE: Final = 262_144
"""Bytes that are written at a time: a hop to a thread costs as much as writing some thousand."""
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Incoming:
    """One file, called `name` by whoever sends it. Either `kept` or `dropped` at the end."""

    def __init__(self, folder: OutgoingFolder, name: str, at: int) -> None:
        """
        Raises:
            Problem: nothing can be written.
        """
        self._name, self._at = name, at
        self._head, self._waiting, self._waits = b"", list[bytes](), 0
        self._hash = hashlib.blake2b(digest_size=16)
        self._most, self._size, self._text = max(LARGEST.values()), 0, True
        try:
            self._draft = folder.begin(uuid7(at))
        except OSError as error:
            raise no_room(error) from error

    async def take(self, piece: bytes) -> None:
        """
        Raises:
            Problem: it is not taken, too large, or cannot be written.
        """
        self._size += len(piece)
        self._text = self._text and b"\0" not in piece
        self._hash.update(piece)
        if len(self._head) < ENOUGH:
            self._head += piece[: ENOUGH - len(self._head)]
            if len(self._head) >= ENOUGH:
                self._kind()
            if is_picture(self._head):
                self._most = LARGEST["image"]
        if self._size > self._most:
            raise Problem(
                413, f"The file is larger than the {self._most // 1_000_000} MB that it may have.", "TOO_LARGE"
            )
        self._waiting.append(piece)
        self._waits += len(piece)
        if self._waits >= _AT_ONCE:
            await self._write()

    @property
    def digest(self) -> str:
        """The same for the same content."""
        return self._hash.hexdigest()

    async def kept(self) -> Upload:
        """The file is whole: it lies in the folder durably, under a name that customers may see.

        Raises:
            Problem: as `take`.
        """
        found = self._kind()
        name = clean_name(self._name, found.ending)
        if why := unsendable(name, self._size):
            raise Problem(413 if self._size else 400, f"The file {why}.", "TOO_LARGE" if self._size else "EMPTY_FILE")
        await self._write()
        try:
            await asyncio.to_thread(self._draft.keep, name)
        except OSError as error:
            raise no_room(error) from error
        return Upload(self._draft.id, name, found.mime, self._size, self._at)

    async def dropped(self) -> None:
        """Nothing of it stays. Never raises."""
        await asyncio.to_thread(self._draft.drop)

    def _kind(self) -> Kind:
        found = kind(self._head, self._name, text=self._text)
        if found is None and self._size:
            raise Problem(415, f"Such a file is not sent to customers. These are: {ACCEPTED}.", "UNSUPPORTED_FILE")
        return found or Kind("", "bin")

    async def _write(self) -> None:
        pieces, self._waiting, self._waits = b"".join(self._waiting), [], 0
        try:
            await asyncio.to_thread(self._draft.write, pieces)
        except OSError as error:
            raise no_room(error) from error


def no_room(error: OSError) -> Problem:
    """What an error of the disk means for whoever sends a file."""
    if error.errno in _FULL:
        return Problem(507, "There is no room for the file: the disk is full.", "STORAGE_FULL")
    return Problem(503, f"The file cannot be stored: {error.strerror}.", "STORE_UNAVAILABLE")
