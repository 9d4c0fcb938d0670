"""A tenant's folder of files that people send, `data/<tenant>/outgoing`: each in a folder of its own, which bears the
upload's id, under the name that customers see. Readable by the owner alone, never run."""

import os
import re
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from wabot.store.keeping.layout import sync_folder

FOLDER: Final = "outgoing"
_PART: Final = ".part"
_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SCHEME: Final = "outgoing:"


def reference(id: str, name: str) -> str:
    """How an outbox row names a person's file: relative to the tenant's data, which may move."""
    return f"{_SCHEME}{id}/{name}"


def is_reference(media: str) -> bool:
    return media.startswith(_SCHEME)


class Draft:
    """A file that is being written. It is `kept` whole under its name, or dropped and never was."""

    def __init__(self, folder: Path, id: str) -> None:
        """
        Raises:
            OSError: the folder cannot be written.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._home, self._place = folder, folder / f"{id}{_PART}"
        self.id, self.size = id, 0
        self._place.mkdir(mode=0o700)
        self._path = self._place / "content"
        self._file = os.fdopen(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", buffering=0)

    def write(self, piece: bytes) -> None:
        """
        Raises:
            OSError: the disk is full, say.
        """
        left = memoryview(piece)
        while left:  # a disk that is nearly full takes less than it is given
            left = left[self._file.write(left) :]
        self.size += len(piece)

    def keep(self, name: str) -> Path:
        """Make it durable under `name`; where it lies now.

        Raises:
            OSError: it could not be; it can still be dropped.
        """
        os.fsync(self._file.fileno())
        self._file.close()
        self._path.rename(self._place / name)
        sync_folder(self._place)
        home = self._home / self.id
        self._place.rename(home)
        sync_folder(self._home)
        return home / name

    def drop(self) -> None:
        """Remove it, whether it was kept or not. Never raises: what stays is swept later."""
        with suppress(OSError):
            self._file.close()
        for place in (self._place, self._home / self.id):
            shutil.rmtree(place, ignore_errors=True)


class OutgoingFolder:
    """The files of one tenant, in `data/<tenant>`. Blocking: to be called in a thread, but for `find`."""

    def __init__(self, data: Path) -> None:
        self._folder = data / FOLDER

    def begin(self, id: str) -> Draft:
        """
        Raises:
            OSError: the folder cannot be written.
        """
        return Draft(self._folder, id)

    def path(self, id: str, name: str) -> Path | None:
        """Where a file lies, if it can be one of this folder; nothing needs to be there."""
        if not _ID.fullmatch(id) or Path(name).name != name or "\0" in name:
            return None
        return self._folder / id / name

    def find(self, media: str) -> Path | None:
        """Where the file lies that an outbox row names (`reference`)."""
        id, _, name = media.removeprefix(_SCHEME).partition("/")
        place = self.path(id, name) if is_reference(media) else None
        # No link leads out. The folder of them all may be one: it is the owner's, on another disk perhaps.
        if place is None or place.is_symlink() or place.parent.is_symlink():
            return None
        return place

    def ids(self) -> list[str]:
        """What is there, by the uploads' ids; also what was being written when a process died."""
        try:
            found = {entry.name.removesuffix(_PART) for entry in self._folder.iterdir()}
            return sorted(id for id in found if _ID.fullmatch(id))
        except FileNotFoundError:
            return []

    def delete(self, ids: Iterable[str]) -> None:
        """Delete files; one that is not there is no trouble.

        Raises:
            OSError: one could not be deleted.
        """
        for id in ids:
            if _ID.fullmatch(id):
                for place in (self._folder / id, self._folder / f"{id}{_PART}"):
                    with suppress(FileNotFoundError):
                        shutil.rmtree(place)
