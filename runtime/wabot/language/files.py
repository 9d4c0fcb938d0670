"""Reading what lies in a tenant's folder: files only, and never more of one than any rules need."""

import os
import stat
from pathlib import Path
from typing import BinaryIO, Final

MAX_BYTES: Final = 4_000_000


def read_file(path: Path) -> bytes:
    """The bytes of a file; of one that is larger than `MAX_BYTES`, one byte more than that.

    Raises:
        OSError: it cannot be read, or is no file: a folder, a pipe, a device.
    """
    with open_file(path) as file:
        return file.read(MAX_BYTES + 1)


def open_file(path: Path, *, follow: bool = True) -> BinaryIO:
    """A file, open for reading; unless `follow`, not what a link in its place leads to.

    Raises:
        OSError: it cannot be read, or is no file: a folder, a pipe, a device.
    """
    # Without O_NONBLOCK, opening a pipe waits for somebody who writes into it.
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW)
    file = os.fdopen(os.open(path, flags), "rb")
    mode = os.fstat(file.fileno()).st_mode
    if not stat.S_ISREG(mode):
        file.close()
        raise OSError(f"it is {_KINDS.get(stat.S_IFMT(mode), 'a device')}, not a file")
    return file


_KINDS: Final = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
