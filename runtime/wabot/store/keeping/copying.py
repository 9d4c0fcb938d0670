"""A copy of a tenant's data as of one moment, taken beside the processes that write it."""

import errno
import hashlib
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

from wabot.model.errors import BackupError
from wabot.store.keeping.archive import Told, untold
from wabot.store.keeping.identity import identity_in
from wabot.store.keeping.keys_backup import write_sealed
from wabot.store.keeping.layout import (
    BACKUPS,
    DATABASES,
    KEYS,
    KEYS_BACKUP,
    LOCK,
    MAGIC,
    SIDE_FILES,
    sync_file,
)
from wabot.store.keeping.manifest import Entry
from wabot.store.keeping.sealing import seal

_PAGES: Final = 4_096
"""Pages between two words about how far the copy is."""
_TRIES: Final = 10
_BETWEEN: Final = 0.2


def copy_tenant(folder: Path, staged: Path, told: Told = untold, key: bytes = b"", at: int = 0) -> tuple[Entry, ...]:
    """Copy what is to be kept of the tenant's `folder` into the empty folder `staged`: databases as of one moment and
    checked, everything else as it is. Left out are locks, backups, links, what was set aside as damaged, and drafts.
    With a `key`, an encrypted backup made at `at` (UTC milliseconds) stands for WhatsApp's key store, if a phone is
    linked.

    Raises:
        BackupError: a database is damaged.
        OSError: the disk is full, or something cannot be read.
    """
    for _ in range(_TRIES):
        try:
            paths = list(_kept(folder))
            databases = {path for path in paths if _is_database(path, folder)}
            _copy_all(folder, [path for path in paths if path not in databases], staged)
        except FileNotFoundError:  # the sound rules are just being replaced by newer ones
            time.sleep(_BETWEEN)
            continue
        break
    else:
        raise BackupError(f"{folder} changes all the time; try again")
    if key and folder / KEYS in databases and (content := identity_in(folder / KEYS)):
        write_sealed(staged / KEYS_BACKUP, seal(content, key, folder.name, at))
        databases.remove(folder / KEYS)
        paths = sorted({*paths, folder / KEYS_BACKUP} - {folder / KEYS})
    for path in sorted(databases):
        snapshot(path, staged / path.relative_to(folder), told)
    return tuple(entry(staged, path.relative_to(folder)) for path in paths)


def entry(staged: Path, path: Path) -> Entry:
    """The staged file, measured."""
    with (staged / path).open("rb") as file:
        return Entry(path.as_posix(), (staged / path).stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def snapshot(source: Path, target: Path, told: Told = untold) -> None:
    """Copy a SQLite file as of one moment, while others write it, and check the copy whole.

    Raises:
        BackupError: the file is damaged, or is locked for longer than 30 s.
    """
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    reading = sqlite3.connect(f"file:{quote(str(source))}?mode=ro", uri=True, isolation_level=None, timeout=30)
    copy = sqlite3.connect(target, isolation_level=None)
    try:
        copy.execute("PRAGMA synchronous = OFF")  # made durable below, at once
        # With a read transaction open the copy is of one moment, and does not begin again at each write of others.
        reading.execute("BEGIN")
        size = reading.execute("PRAGMA page_size").fetchone()[0]
        reading.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        reading.backup(copy, pages=_PAGES, progress=lambda _code, left, all_: told((all_ - left) * size))
        copy.execute("PRAGMA journal_mode = DELETE").fetchone()
        found = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise BackupError(f"{source} is damaged ({found}): nothing was backed up. See docs/troubleshooting.md.")
    except sqlite3.Error as error:
        if (
            getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL
        ):  # the copy's disk: nothing else is written
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
        raise BackupError(f"{source} cannot be backed up: {error}. Nothing was backed up.") from error
    finally:
        copy.close()
        reading.close()
    sync_file(target)


def schema_of(database: Path) -> int:
    """The newest migration that a copied wabot.db has seen; 1 or more.

    Raises:
        BackupError: there is none, or it is no wabot.db.
    """
    if not database.is_file():
        raise BackupError(
            f"there is no {database.name} to back up: nothing was backed up. See docs/troubleshooting.md."
        )
    connection = sqlite3.connect(f"file:{quote(str(database))}?mode=ro&immutable=1", uri=True)
    try:
        schema = int(connection.execute("SELECT COALESCE(MAX(number), 0) FROM migrations").fetchone()[0])
    except sqlite3.Error as error:
        raise BackupError(_no_store(database, str(error))) from error
    finally:
        connection.close()
    if schema < 1:
        raise BackupError(_no_store(database, "it has no schema"))
    return schema


def _no_store(database: Path, why: str) -> str:
    return f"{database.name} is damaged ({why}): nothing was backed up. See docs/troubleshooting.md."


def _kept(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        here = Path(parent)
        top = here == folder
        folders[:] = sorted(
            name for name in folders if not (name.startswith(".") or name.endswith(".new") or (top and name == BACKUPS))
        )
        for name in sorted(files):
            path = here / name
            # Media of the rules may begin with a dot; what does so at the top is a draft of ours.
            if top and (name == LOCK or name.startswith(".") or ".damaged-" in name or name.endswith(SIDE_FILES)):
                continue
            if path.is_file() and not path.is_symlink():
                yield path


def _is_database(path: Path, folder: Path) -> bool:
    # Ours are known by name: one that does not begin as it should is damaged, and no other file.
    if path.parent == folder and path.name in DATABASES:
        return True
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def _copy_all(folder: Path, paths: list[Path], staged: Path) -> None:
    for path in paths:
        target = staged / path.relative_to(folder)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(path, target, follow_symlinks=False)
        target.chmod(0o600)
