"""Reading what lies in a tenant's folder: files only, and never more of one than any rules need."""

import os
import stat
from pathlib import Path
from typing import Final

MAX_BYTES: Final = 4_000_000


def read_file(path: Path) -> bytes:
    """The bytes of a file; of one that is larger than `MAX_BYTES`, one byte more than that.

    Raises:
        OSError: it cannot be read, or is no file: a folder, a pipe, a device.
    """
    # Without O_NONBLOCK, opening a pipe waits for somebody who writes into it.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            raise OSError(f"it is {_KINDS.get(stat.S_IFMT(mode), 'a device')}, not a file")
        return file.read(MAX_BYTES + 1)


_KINDS: Final = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
