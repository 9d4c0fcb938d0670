"""The file that holds a tenant's WhatsApp keys: whoever reads it can read and write the tenant's chats."""

import os
from pathlib import Path
from urllib.parse import quote


def protect(path: Path) -> None:
    """Make the file, or an existing one, readable by its owner alone; so is everything that this process makes later.

    The library would create it with mode 0644. Its side files (-wal, -shm) take the mode of the file itself.
    """
    os.umask(0o077)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    for file in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        if file.exists():
            file.chmod(0o600)


def identity(path: Path) -> tuple[int, int] | None:
    """Which file stands there; None for none."""
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_dev, seen.st_ino


def database_name(path: Path) -> str:
    """The name to give to the library, which makes `file:NAME?_foreign_keys=on` of it.

    It offers no settings, so they travel in the name: a write-ahead log and a patient lock. `_x=` swallows the rest.
    """
    return f"{quote(str(path))}?_foreign_keys=on&_journal_mode=WAL&_busy_timeout=20000&_x="
