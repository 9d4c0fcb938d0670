"""How a command takes a tenant over from the daemon that runs it, and how the daemon learns that it may have it back.

Whoever wants the tenant holds a lock on `data/<tenant>/handover` and has the daemon read everything anew. The session
sees the lock and ends, and none is started while it is held. The lock dies with its holder, however it dies: the next
`wabot reload` starts the session again.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

from wabot.daemon.presence import find_daemon
from wabot.model.errors import TenantBusy
from wabot.model.session import SessionState
from wabot.session.locked import hold, is_held

FILE: Final = "handover"
_AGAIN: Final = 5.0
"""Seconds after which a daemon is told again: its session may have been starting, and deaf."""
_STEP: Final = 0.1

HANDED_OVER: Final = SessionState(
    "stopped", "The session made way for another command.", "Wait for that command; it starts the session again."
)
"""What a session says that was wanted."""

Told = Literal["told", "none", "forbidden"]
"""`none`: no daemon works on the data; `forbidden`: it is another user's."""


def is_wanted(data: Path) -> bool:
    """Whether somebody wants the tenant whose data is in `data` from its session."""
    return is_held(data / FILE, unreadable=False)


def tell_daemon(data: Path) -> Told:
    """Have the daemon of the data folder `data` read everything anew, and start what it holds back."""
    daemon = find_daemon(data)
    if daemon is None:
        return "none"
    try:
        os.kill(daemon.pid, signal.SIGHUP)
    except ProcessLookupError:
        return "none"
    except PermissionError:
        return "forbidden"
    return "told"


@contextmanager
def taken(data: Path, seconds: float) -> Iterator[bool]:
    """Have the tenant's session end, and keep it from being started until the block ends; the daemon is told then. The
    block is handed whether the session has ended within `seconds`.

    Raises:
        OSError: the folder cannot be written.
        TenantBusy: somebody else is about to have it.
    """
    descriptor = os.open(data / FILE, os.O_RDWR | os.O_CREAT, 0o600)
    if not hold(descriptor) or _is_gone(descriptor, data):
        os.close(descriptor)
        raise TenantBusy(f"another command takes {data.name} over just now; try again when it is done")
    try:
        yield _ends(data, seconds)
    finally:
        (data / FILE).unlink(missing_ok=True)
        os.close(descriptor)
        tell_daemon(data.parent)


def _is_gone(descriptor: int, data: Path) -> bool:
    """Whether the one who had the file before has removed it meanwhile: nobody would find a lock on what is left."""
    try:
        return not os.path.samestat(os.fstat(descriptor), (data / FILE).stat())
    except FileNotFoundError:
        return True


def _ends(data: Path, seconds: float) -> bool:
    end = time.monotonic() + seconds
    told = 0.0
    while is_held(data / "lock", unreadable=True):
        now = time.monotonic()
        if now >= end:
            return False
        if now >= told:
            told = now + _AGAIN
            if tell_daemon(data.parent) != "told":
                return False
        time.sleep(_STEP)
    return True
