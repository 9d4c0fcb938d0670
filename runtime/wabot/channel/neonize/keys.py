"""The file that holds a tenant's WhatsApp keys: whoever reads it can read and write the tenant's chats."""

import os
from pathlib import Path
from typing import Final
from urllib.parse import quote

SIDES: Final = ("-wal", "-shm", "-journal")
"""What SQLite puts behind a file's name for the files beside it."""


def protect(path: Path) -> None:
    """Make the file, or an existing one, readable by its owner alone; so is everything that this process makes later.

    The library would create it with mode 0644. Its side files take the mode of the file itself.
    """
    os.umask(0o077)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    for file in (path.with_name(path.name + side) for side in ("", *SIDES)):
        if file.exists():
            file.chmod(0o600)


def remove(path: Path) -> None:
    """Remove the file and its side files, as far as they are there."""
    for side in ("", *SIDES):
        path.with_name(path.name + side).unlink(missing_ok=True)


def database_name(path: Path) -> str:
    """The name to give to the library, which makes `file:NAME?_foreign_keys=on` of it.

    It offers no settings, so they travel in the name: a write-ahead log and a patient lock. `_x=` swallows the rest.
    """
    return f"{quote(str(path))}?_foreign_keys=on&_journal_mode=WAL&_busy_timeout=20000&_x="
