"""What lies in a tenant's data folder, and how what is set aside or backed up is named."""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

LOCK: Final = "lock"
BACKUPS: Final = "backups"
"""Backups in the tenant's own folder: the place that is always known."""
STAGING: Final = ".restore"
KEYS: Final = "keys.db"
"""WhatsApp's key store; the library's own file."""
KEYS_BACKUP: Final = "keys.backup"
"""The encrypted backup of it."""
PAIRING: Final = "pairing"
"""Stands there while a phone is being linked, and when that was cut off: the key store may hold a device that nobody
confirmed."""
DATABASES: Final = ("wabot.db", KEYS)
NODE: Final = "node.db"
"""Beside the tenants' folders: what belongs to no tenant."""
NODE_NAME: Final = "_node"
"""How a backup of NODE is named; no tenant's name begins with `_`."""
MAGIC: Final = b"SQLite format 3\0"
"""How every file of SQLite begins, unless it is empty."""
SIDE_FILES: Final = ("-wal", "-shm", "-journal")
LINK: Final = (KEYS, *(KEYS + side for side in SIDE_FILES), PAIRING)
"""What is the link with WhatsApp, and nothing else."""
SETTING: Final = "WABOT_BACKUPS"
"""The environment variable that names a folder for the backups of every tenant."""
_ASIDE: Final = ".before-restore-"
_DAMAGED: Final = re.compile(r"^(?P<name>.+\.db)\.damaged-(?P<at>\d{8}T\d{6}Z)$")


def stamp(at: int) -> str:
    """UTC milliseconds → 20260128T030000Z: sorts by time, and may stand in a file's name."""
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y%m%dT%H%M%SZ")


def is_set_aside(folder: Path) -> bool:
    """Whether the folder is what a restore has set aside, and no tenant's."""
    return _ASIDE in folder.name


def aside(folder: Path, at: int) -> Path:
    """Where a restore at `at` sets the tenant's data aside."""
    return folder.with_name(f"{folder.name}{_ASIDE}{stamp(at)}")


def damaged(path: Path, at: int) -> Path:
    """Where a damaged file is set aside."""
    return path.with_name(f"{path.name}.damaged-{stamp(at)}")


def damaged_files(folder: Path) -> list[Path]:
    """The damaged files that still lie in the tenant's folder, oldest first."""
    try:
        return sorted(entry for entry in folder.iterdir() if _DAMAGED.match(entry.name))
    except OSError:
        return []


def backup_folders(folder: Path) -> Iterator[Path]:
    """Where backups of the tenant in `folder` are looked for."""
    yield folder / BACKUPS
    if named := os.environ.get(SETTING):
        yield Path(named)


def sync_folder(folder: Path) -> None:
    """Make what was created, renamed or removed in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(path: Path) -> None:
    """Make what was written to `path` durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
