"""What wabot has found out about files that have not changed since: a folder of entries, of which nothing is ever
executed, and which anybody may delete at any time.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from wabot.language.content import digest

MAX_BYTES: Final = 64_000_000
"""Of all entries together. Beyond it the entries unused for longest go, until half is free."""


class Cache:
    """Entries by key, in one folder. Runs beside each other do no harm: an entry is written whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._wrote = False

    def get(self, key: str) -> Any:
        """The data stored for `key`; None when there is none, or when it is not what was written."""
        path = self.folder / key
        try:
            checksum, _, body = path.read_bytes().partition(b"\n")
            if checksum.decode("ascii", "replace") != _checksum(key, body):
                return None
            os.utime(path)
            return json.loads(body)
        except (OSError, ValueError, RecursionError):
            return None

    def put(self, key: str, data: Any) -> None:
        """Store plain data. What cannot be stored (the disk is full) is found out again the next time."""
        draft = self.folder / f"{key}.{os.getpid()}"
        body = json.dumps(data, separators=(",", ":")).encode()
        try:
            draft.touch(0o600)
            draft.write_bytes(_checksum(key, body).encode() + b"\n" + body)
            draft.replace(self.folder / key)
            self._wrote = True
        except OSError:
            _remove(draft)

    def trim(self) -> None:
        """Keep the folder below `MAX_BYTES`; for the end of a run."""
        if not self._wrote:
            return
        entries = []
        try:
            for path in self.folder.iterdir():
                status = path.stat()
                entries.append((status.st_mtime_ns, status.st_size, path))
        except OSError:
            return  # another run is tidying up
        total = sum(size for _, size, _ in entries)
        if total <= MAX_BYTES:
            return
        for _, size, path in sorted(entries):
            _remove(path)
            total -= size
            if total <= MAX_BYTES // 2:
                return


def open_cache(environment: Mapping[str, str] = os.environ) -> Cache | None:
    """The user's cache; None when it is switched off (`WABOT_CACHE=off`), when there is no place for it, or when
    somebody else could write what is read from it."""
    if environment.get("WABOT_CACHE") == "off":
        return None
    base = Path(environment.get("XDG_CACHE_HOME", ""))
    if not base.is_absolute():
        home = Path(environment.get("HOME", ""))
        if not home.is_absolute():
            return None
        base = home / ".cache"
    folder = base / "wabot"
    try:
        base.mkdir(parents=True, exist_ok=True)
        folder.mkdir(0o700, exist_ok=True)
        status = folder.stat()
    except OSError:
        return None
    if status.st_uid != os.geteuid() or status.st_mode & 0o077 or not os.access(folder, os.W_OK | os.X_OK):
        return None
    return Cache(folder)


def _checksum(key: str, body: bytes) -> str:
    """Guards against halves of files and entries under a wrong name."""
    return digest(key.encode(), body)


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
