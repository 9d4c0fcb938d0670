"""The key store that was deleted, moved or replaced beneath the library: its bytes live as long as somebody has the
file open, so they are written back. Nothing else would bring the link back as it is.

The library opens the file anew by its name whenever it pleases, and would find an empty one: it cannot go on.
"""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from wabot.channel.neonize.keys import remove
from wabot.channel.neonize.linked import read_linked
from wabot.model.errors import KeysUnusable
from wabot.model.same_file import identity

_PIECE: Final = 1 << 20


class Rescuing:
    """Watches over the key store `keys`, which exists. It holds the file open for as long as the process lives: to
    close it would drop the library's locks."""

    def __init__(self, keys: Path) -> None:
        self._keys, self._log = keys, keys.with_name(f"{keys.name}-wal")
        self._file = os.open(keys, os.O_RDONLY)
        self._opened, self._logged = identity(keys), identity(self._log)

    def gone(self) -> bool:
        """Whether another file stands there, or none."""
        if identity(self._keys) != self._opened:
            return True
        self._logged = identity(self._log) or self._logged
        return False

    def put_back(self) -> bool:
        """Write the file back to its place, unless somebody has put another link there. False when there is nothing to
        write back. Once the library is disconnected: it writes no more."""
        with suppress(KeysUnusable):
            if read_linked(self._keys) is not None:
                return False
        draft = self._keys.with_name(f".{self._keys.name}.rescued")
        try:
            remove(draft)
            _copy(self._file, draft)
            if (log := self._open_log()) is not None:
                _copy(log, draft.with_name(f"{draft.name}-wal"))
            if not _whole(draft):
                return False
            remove(self._keys)
            draft.rename(self._keys)
            return True
        except (OSError, sqlite3.Error):
            return False
        finally:
            with suppress(OSError):
                remove(draft)

    def _open_log(self) -> int | None:
        """What the library has written and not yet moved into the file itself: its own descriptor."""
        for entry in Path("/proc/self/fd").iterdir():
            with suppress(OSError):
                seen = os.fstat(int(entry.name))
                if (seen.st_dev, seen.st_ino) == self._logged:
                    return int(entry.name)
        return None


def _copy(source: int, target: Path) -> None:
    at = 0
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as file:
        while piece := os.pread(source, _PIECE, at):
            file.write(piece)
            at += len(piece)
        file.flush()
        os.fsync(file.fileno())


def _whole(file: Path) -> bool:
    """Whether it is a sound key store with a link; then it is one file."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        connection.execute("PRAGMA journal_mode = DELETE").fetchone()
        if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            return False
        return connection.execute("SELECT 1 FROM whatsmeow_device").fetchone() is not None
