"""History syncs on disk, from when they are heard until they are imported: the phone sends them once, so that a process
that dies meanwhile would lose what is left. And they may be large: in memory there is only the one being imported."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

FOLDER: Final = "history"
_ENDING: Final = ".sync"


class Spool:
    """The syncs that wait in `folder`, oldest first. Blocking: to be called in a thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, content: bytes) -> None:
        """Keep a sync, durably; it is there whole or not at all.

        Raises:
            OSError: the folder cannot be written.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        last = max((int(file.stem) for file in self._files()), default=0)
        part = self._folder / "new.part"
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        part.rename(self._folder / f"{last + 1:06}{_ENDING}")

    def first(self) -> Path | None:
        """The sync that is next."""
        return min(self._files(), default=None)

    def done(self, file: Path) -> None:
        """A sync is imported."""
        file.unlink(missing_ok=True)

    def set_aside(self, file: Path) -> Path:
        """A sync cannot be read: it is kept beside the others, under the name that is returned, for who wants to know
        why. It is not waited for any more.

        Raises:
            OSError: it is gone, or the folder cannot be written.
        """
        return file.rename(file.with_suffix(".damaged"))

    def _files(self) -> Iterator[Path]:
        with suppress(FileNotFoundError):
            yield from (file for file in self._folder.iterdir() if file.suffix == _ENDING and file.stem.isdigit())


async def keep(spool: Spool, sync: Any, again: float) -> None:
    """Write the library's HistorySync into the spool. A disk that cannot be written is tried again every `again`
    seconds: the store finds it full as well, and says so."""
    content = sync.SerializePartialToString()
    while True:
        try:
            await asyncio.to_thread(spool.write, content)
            return
        except OSError:
            await asyncio.sleep(again)
