"""Each tenant's log lines, kept in `data/<tenant>/log`, so that `wabot logs` needs no journal: one JSON object a line,
as the daemon logs them, but never with a message's text or a whole number, whatever the settings ask of the terminal or
the journal: `wabot forget` need not look here. The session and the supervisor both write.
"""

import fcntl
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from wabot.model.masked import masked_line
from wabot.session.clock import RealClock

LOG: Final = "log/wabot.jsonl"
KEPT: Final = 4
"""Older files beside the one that is written: `wabot.jsonl.1` is the youngest."""
LIMIT: Final = 5_000_000
"""Bytes after which a file is put aside."""
_TEXTS: Final = ("text",)
"""What holds a message's words when `WABOT_LOG_MESSAGES` asks for them."""

Processor = Callable[[Any, str, MutableMapping[str, Any]], MutableMapping[str, Any]]


class TenantLog:
    """Writes the log of the tenant whose data is in `data`. A log that cannot be written loses lines, no more."""

    def __init__(self, data: Path, limit: int = LIMIT) -> None:
        self._file, self._limit = data / LOG, limit
        self._clock = RealClock()
        self._one = threading.Lock()
        self._descriptor = -1
        self._inode = 0

    def write(self, line: Mapping[str, Any]) -> None:
        """Append a line, without what it may hold of a customer; `timestamp` is added (ISO 8601, UTC)."""
        stamp = datetime.fromtimestamp(self._clock.now() / 1000, UTC).isoformat(timespec="milliseconds")
        said = json.dumps({**_of_nobody(line), "timestamp": stamp}, ensure_ascii=False, default=repr) + "\n"
        content = said.encode("utf-8", "replace")
        with self._one, suppress(OSError):
            self._open(len(content))
            os.write(self._descriptor, content)  # appended at once: two processes write

    def keep(self, _logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """A processor of structlog: every line of this process is the tenant's."""
        self.write(line)
        return line

    def _open(self, more: int) -> None:
        """Have the file that stands at the place open, with room for `more` bytes."""
        if self._is_full(more):
            with self._alone():
                if self._is_full(more):  # unless the other process did it meanwhile
                    for number in range(KEPT, 0, -1):
                        older = self._file.with_name(f"{self._file.name}.{number - 1}") if number > 1 else self._file
                        with suppress(FileNotFoundError):
                            older.replace(self._file.with_name(f"{self._file.name}.{number}"))
        if self._descriptor >= 0 and self._stands():
            return
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        self._make_folder()
        self._descriptor = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._inode = os.fstat(self._descriptor).st_ino

    def _is_full(self, more: int) -> bool:
        with suppress(FileNotFoundError):
            size = self._file.stat().st_size
            return size > 0 and size + more > self._limit
        return False

    def _stands(self) -> bool:
        with suppress(FileNotFoundError):
            return self._file.stat().st_ino == self._inode
        return False

    def _make_folder(self) -> None:
        for folder in (self._file.parent.parent, self._file.parent):
            folder.mkdir(mode=0o700, exist_ok=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        folder = os.open(self._file.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)


def _of_nobody(line: Mapping[str, Any]) -> dict[str, Any]:
    """The line without messages' texts, and without whole numbers in what a channel, a store or a file said."""
    return masked_line({key: value for key, value in line.items() if key not in _TEXTS})


def keep_by_tenant(data: Path) -> Processor:
    """A processor of structlog for the supervisor: what it says of a tenant stands in that tenant's log, too."""
    logs: dict[str, TenantLog] = {}

    def keep(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        tenant = line.get("tenant")
        if isinstance(tenant, str) and tenant:
            logs.setdefault(tenant, TenantLog(data / tenant)).write(line)
        return line

    return keep


def last_lines(data: Path, count: int) -> list[str]:
    """The last `count` lines of a tenant's log, oldest first, as they stand in its files."""
    file, found = data / LOG, list[str]()
    for place in (file, *(file.with_name(f"{file.name}.{number}") for number in range(1, KEPT + 1))):
        if len(found) >= count:
            break
        with suppress(FileNotFoundError):
            found = [*place.read_text("utf-8", "replace").splitlines(), *found]
    return found[-count:] if count else []


class Following:
    """What is added to a tenant's log from now on."""

    def __init__(self, data: Path) -> None:
        self._path = data / LOG
        self._file = self._opened()
        if self._file is not None:
            self._file.seek(0, os.SEEK_END)
        self._rest = b""

    def more(self) -> Iterator[str]:
        """The whole lines that were added since the last call."""
        while True:
            # Asked before the file is read: nothing is added to one that was put aside.
            replaced = self._replaced()
            if self._file is not None:
                *lines, self._rest = (self._rest + self._file.read()).split(b"\n")
                yield from (line.decode("utf-8", "replace") for line in lines)
            if not replaced:
                return
            if self._file is not None:
                self._file.close()
            self._file, self._rest = self._opened(), b""
            if self._file is None:
                return

    def _replaced(self) -> bool:
        """Whether another file stands at the place than the one that is open."""
        with suppress(FileNotFoundError):
            return self._file is None or self._path.stat().st_ino != os.fstat(self._file.fileno()).st_ino
        return False

    def _opened(self) -> Any:
        with suppress(FileNotFoundError):
            return self._path.open("rb")
        return None
