"""A tenant's folder of customers' files, `data/<tenant>/media`: named by us, readable by the owner alone, never run."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from wabot.model.media import HEAD, OFFICE, kind_of

FOLDER: Final = "media"
_PART: Final = ".part"

_ENDINGS: Final = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/heic": "heic",
    "application/pdf": "pdf",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "video/3gpp": "3gp",
    "video/mp4": "mp4",
}
# Kinds that only their sender can tell: archives, and text without a NUL.
_IN_ZIP: Final = {
    f"{OFFICE}wordprocessingml.document": "docx",
    f"{OFFICE}spreadsheetml.sheet": "xlsx",
    f"{OFFICE}presentationml.presentation": "pptx",
    "application/zip": "zip",
}
_TEXT: Final = {"text/plain": "txt", "text/csv": "csv"}


def ending(content: bytes, declared: str) -> str:
    """The ending of a file's name, of a fixed list: by its first bytes, by the declared type where those leave it open,
    else "bin". Nothing that a browser or a shell would run is on the list."""
    if found := _ENDINGS.get(kind_of(content[:HEAD])):
        return found
    kind = declared.partition(";")[0].strip().lower()
    if content[:4] == b"PK\x03\x04":
        return _IN_ZIP.get(kind, "zip")
    return _TEXT.get(kind, "bin") if b"\0" not in content else "bin"


class MediaFolder:
    """The files of one tenant, in `data/<tenant>`. Blocking: to be called in a thread."""

    def __init__(self, data: Path) -> None:
        self._folder = data / FOLDER

    def write(self, id: str, content: bytes, declared: str) -> str:
        """Write a file whole or not at all, durably; its name. `id` is the message's, of ours.

        Raises:
            OSError: the folder cannot be written.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{id}.{ending(content, declared)}"
        part = self._folder / f"{id}{_PART}"
        part.unlink(missing_ok=True)
        # O_EXCL follows no link that somebody laid there meanwhile.
        file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(file, "wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            part.rename(self._folder / name)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        return name

    def path(self, name: str) -> Path | None:
        """Where a file lies; None when it can be none of this folder."""
        return self._folder / name if name and "\0" not in name and Path(name).name == name else None

    def delete(self, names: Iterable[str]) -> None:
        """Delete files; one that is not there is no trouble.

        Raises:
            OSError: one could not be deleted.
        """
        for name in names:
            if name and Path(name).name == name:
                (self._folder / name).unlink(missing_ok=True)

    def names(self) -> list[str]:
        """The files that are there, those that were being written when a process died among them."""
        return sorted(self._entries())

    def _entries(self) -> Iterator[str]:
        with suppress(FileNotFoundError):
            yield from (entry.name for entry in self._folder.iterdir() if entry.is_file())
