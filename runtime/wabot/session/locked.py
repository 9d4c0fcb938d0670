"""Locks on files that tell who has a tenant: they die with their holder, however it dies."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from time import sleep
from typing import Final

_TRIES: Final = 5
_STEP: Final = 0.1


def hold(descriptor: int) -> bool:
    """Lock an open file; False when another process has it. The lock lasts until the descriptor is closed.

    Raises:
        OSError: files cannot be locked there.
    """
    for attempt in range(_TRIES):
        if attempt:
            sleep(_STEP)  # whoever looks whether it is held touches the lock for a moment
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    return False


def is_held(path: Path, *, unreadable: bool) -> bool:
    """Whether a process has the file locked; `unreadable` is what is said of another user's, which nobody can tell."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    except OSError:
        return unreadable
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
