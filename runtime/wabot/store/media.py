"""A tenant's folder of customers' files, `data/<tenant>/media`: named by us, readable by the owner alone, never run."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

FOLDER: Final = "media"
_PART: Final = ".part"

# What a file begins with (and where), and the ending that it then gets.
_MAGIC: Final[tuple[tuple[int, bytes, str], ...]] = (
    (0, b"\xff\xd8\xff", "jpg"),
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (0, b"GIF8", "gif"),
    (8, b"WEBP", "webp"),
    (0, b"%PDF-", "pdf"),
    (0, b"OggS", "ogg"),
    (0, b"ID3", "mp3"),
    (0, b"\xff\xfb", "mp3"),
    (4, b"ftypM4A", "m4a"),
    (4, b"ftyp3g", "3gp"),
    (4, b"ftyp", "mp4"),
)
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
# Kinds that only their sender can tell: archives, and text without a NUL.
_IN_ZIP: Final = {
    f"{_OFFICE}wordprocessingml.document": "docx",
    f"{_OFFICE}spreadsheetml.sheet": "xlsx",
    f"{_OFFICE}presentationml.presentation": "pptx",
    "application/zip": "zip",
}
_TEXT: Final = {"text/plain": "txt", "text/csv": "csv"}


def ending(content: bytes, declared: str) -> str:
    """The ending of a file's name, of a fixed list: by its first bytes, by the declared type where those leave it open,
    else "bin". Nothing that a browser or a shell would run is on the list."""
    for at, begin, found in _MAGIC:
        if content[at : at + len(begin)] == begin:
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
