"""Whether a daemon works on a data folder, and which process that is: `data/supervisor.pid`, locked while it lives and
touched every few seconds while its event loop turns."""

import errno
import fcntl
import os
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from wabot.model.errors import TenantBusy, WabotError
from wabot.session.clock import RealClock
from wabot.session.locked import hold, is_held

FILE: Final = "supervisor.pid"
_FRESH: Final = 60_000
"""Milliseconds after which a daemon that has not touched its file hangs."""


class Presence:
    """This process, as the daemon of the folder `data`. `alone`: it is the only one."""

    def __init__(self, data: Path) -> None:
        """
        Raises:
            WabotError: the file cannot be written.
        """
        self._file = data / FILE
        self._descriptor = _open(self._file)
        try:
            self.alone = hold(self._descriptor)
            if self.alone:
                os.ftruncate(self._descriptor, 0)
                os.pwrite(self._descriptor, f"{os.getpid()}\n".encode(), 0)
        except OSError as error:
            os.close(self._descriptor)
            raise _unwritable(self._file, error) from error

    def beat(self) -> None:
        """Show that the event loop turns."""
        if self.alone:
            with suppress(OSError):
                os.utime(self._descriptor)

    def end(self) -> None:
        os.close(self._descriptor)


class Found(NamedTuple):
    """The daemon of a data folder. `turns`: it has shown within the last minute that it does not hang."""

    pid: int
    turns: bool


def check_writable(data: Path) -> None:
    """Look before anything else is begun whether a daemon can show itself in `data`.

    Raises:
        WabotError: it cannot; the text says why, and what to do.
    """
    os.close(_open(data / FILE))


def check_free(data: Path, tenants: Collection[str]) -> None:
    """Look before anything else is begun whether there is anything to run in `data` for a daemon of these tenants.

    Raises:
        TenantBusy: another daemon works there, and every one of them runs already.
    """
    found = find_daemon(data)
    if found is not None and tenants and all(is_held(data / tenant / "lock", unreadable=False) for tenant in tenants):
        raise TenantBusy(
            f"another `wabot run` (process {found.pid}) works on {data} and runs {', '.join(sorted(tenants))} already; "
            "stop that one first. Changed rules it takes by itself, or at once by `wabot reload`"
        )


def _open(file: Path) -> int:
    try:
        return os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise _unwritable(file, error) from error


def _unwritable(file: Path, error: OSError) -> WabotError:
    if error.errno == errno.ENOSPC:
        return WabotError(f"{file} cannot be written: the disk is full. Free some space, then start again.")
    return WabotError(
        f"{file} cannot be written: {error.strerror}. Check the owner and permissions of the folder, and that its disk "
        "can be written; or name another with --data."
    )


def find_daemon(data: Path) -> Found | None:
    """The daemon that works on `data`; None when there is none, or when it belongs to somebody whose files we may not
    read."""
    with suppress(OSError, ValueError):
        descriptor = os.open(data / FILE, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            seen = os.fstat(descriptor).st_mtime_ns // 1_000_000
            return Found(int(os.pread(descriptor, 32, 0)), abs(RealClock().now() - seen) < _FRESH)
        finally:
            os.close(descriptor)
    return None
