"""A database that is damaged: found, set aside, and replaced by the newest sound backup or by a fresh one, so that the
tenant is answered again without a person. Everything that was found and done stands beside the file set aside.

Looking through a whole file takes time, so it happens only when there is a reason: after a stop that was not clean at
most for `PATIENCE` seconds, and without a limit after a statement met damage while the session ran. The key store is
glanced at each time.
"""

import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from wabot.model.errors import BackupError, StoreError
from wabot.store.keeping.archive import unpack
from wabot.store.keeping.backup import backups
from wabot.store.keeping.identity import forget_sessions
from wabot.store.keeping.keys_backup import open_keys_backup, write_key_store
from wabot.store.keeping.layout import (
    DATABASES,
    KEYS,
    KEYS_BACKUP,
    LOCK,
    SIDE_FILES,
    STAGING,
    backup_folders,
    damaged,
    sync_file,
    sync_folder,
)
from wabot.store.keeping.rebuilding import rebuild
from wabot.store.keeping.restore import finish, sound
from wabot.store.sqlite.opening import damage
from wabot.store.sqlite.store import SqliteStore, open_store

PATIENCE: Final = 10.0
"""Seconds that a look through a file after an unclean stop may take; the rest is found when it is used."""
GLANCE: Final = 0.5
"""Seconds that a look through the key store may take after a clean stop. It is small; and what the library says of a
damaged one is nothing that anybody could act on, where our own store says at once what is wrong with it."""
_STEPS: Final = 100_000
_RUNNING: Final = "running"
_MET: Final = "damaged: "
_LENGTH: Final = 256
"""Bytes of the note in the lock's file."""


@dataclass(frozen=True, slots=True)
class Mended:
    """A damaged file, where it now lies, and what stands in its place: the same data, `rebuilt`, the `backup`, or
    (None) a fresh file."""

    tenant: str
    name: str
    found: str
    aside: Path
    backup: Path | None
    rebuilt: bool = False

    def __str__(self) -> str:
        if self.rebuilt:
            instead = "all of its rows could be read, and were written anew: nothing is missing"
        elif self.backup is not None:
            instead = f"the backup {self.backup.name} is in its place; what came after it is missing"
        elif self.name == DATABASES[0]:
            instead = "no sound backup was found, so a new, empty file was begun"
        else:
            instead = "no sound backup was found: the phone must be linked again"
        return f"{self.name} was damaged ({self.found}) and is set aside as {self.aside.name}; {instead}"


def open_kept(folder: Path, tenant: str, now: Callable[[], int], key: bytes = b"") -> tuple[SqliteStore, list[Mended]]:
    """Open the tenant's store as `open_store` does; damaged files are dealt with before. `now` is UTC milliseconds,
    `key` opens the encrypted backup of the key store. The caller holds the tenant's lock.

    Raises:
        StoreError: it cannot be opened for another reason than damage.
    """
    finish(folder)
    last = _last_stop(folder)
    mended = []
    for name in DATABASES:
        limit = 0.0 if last.startswith(_MET) else PATIENCE if last else GLANCE
        look = bool(last) or name == KEYS
        if found := find_damage(folder / name, limit, deep=last.startswith(_MET), look=look):
            mended.append(mend(folder, tenant, name, found, now(), key))
    try:
        store = open_store(folder, tenant)
    except (StoreError, sqlite3.Error) as error:
        found = damage(error) or damage(error.__cause__)
        if not found:
            raise
        mended.append(mend(folder, tenant, DATABASES[0], found, now(), key))
        store = open_store(folder, tenant)
    _note(folder, _RUNNING)
    return store, mended


def ended(folder: Path) -> None:
    """The session ended as it should: the next start need not look through the files."""
    _note(folder, "")


def met(folder: Path, found: str) -> None:
    """A statement met damage: the next start must look for it, however long that takes."""
    _note(folder, f"{_MET}{found}")


def find_damage(path: Path, limit: float, *, deep: bool = False, look: bool = True) -> str:
    """What is wrong with a database, "" for nothing. Pages are read for `limit` seconds (0: all); `deep` compares
    tables with their indexes, too; without `look` only what the size tells is found."""
    try:
        if path.stat().st_size == 0:
            # WhatsApp's key store is empty before it is first used; ours never is.
            return "" if path.name != DATABASES[0] else "the file is empty"
    except FileNotFoundError:
        return ""
    if not look:
        return ""
    end = time.monotonic() + limit if limit else float("inf")
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True, isolation_level=None)) as connection:
            connection.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
            check = "integrity_check" if deep else "quick_check"
            found = str(connection.execute(f"PRAGMA {check}(1)").fetchone()[0])
    except sqlite3.Error as error:
        return damage(error)
    return "" if found == "ok" else " ".join(found.split())


def mend(folder: Path, tenant: str, name: str, found: str, at: int, key: bytes = b"") -> Mended:
    """Set the damaged file aside, and put in its place what it held, where only indexes or unused pages are damaged,
    else the newest sound backup of it, if there is one; of the key store the encrypted one, if `key` opens it."""
    place = damaged(folder / name, at)
    while place.exists():
        at += 1_000
        place = damaged(folder / name, at)
    for side in ("", *SIDE_FILES):
        with suppress(FileNotFoundError):
            (folder / f"{name}{side}").rename(f"{place}{side}")
    rebuilt = name == DATABASES[0] and _rebuilt(folder, name, place)
    backup = None
    if not rebuilt:
        backup = _from_the_keys_backup(folder, tenant, name, key) or _from_a_backup(folder, tenant, name, key)
    mended = Mended(tenant, name, found, place, backup, rebuilt)
    with suppress(OSError):
        why = place.with_name(f"{place.name}.txt")
        why.touch(mode=0o600)
        why.write_text(f"{mended}\n", "utf-8")
    sync_folder(folder)
    return mended


def _rebuilt(folder: Path, name: str, source: Path) -> bool:
    """Whether every row could be read: then they stand in a new file at the old place."""
    staging = folder / STAGING
    shutil.rmtree(staging, ignore_errors=True)
    try:
        staging.mkdir(mode=0o700)
        if not rebuild(source, staging / name):
            return False
        sync_file(staging / name)
        (staging / name).rename(folder / name)
    except OSError:
        return False
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return True


def _from_the_keys_backup(folder: Path, tenant: str, name: str, key: bytes) -> Path | None:
    """The encrypted backup, when its key store is in its place afterwards: it is a day old at most."""
    file = folder / KEYS_BACKUP
    if name != KEYS or not key or not file.is_file():
        return None
    staging = folder / STAGING
    try:
        opened = open_keys_backup(file, key, tenant)
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(mode=0o700)
        write_key_store(opened.content, staging / KEYS)
        (staging / KEYS).rename(folder / KEYS)
    except (BackupError, OSError):  # an archive may do
        return None
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return file


def _from_a_backup(folder: Path, tenant: str, name: str, key: bytes) -> Path | None:
    """The newest backup that is sound: the file from it is in its place afterwards."""
    known = [path for place in backup_folders(folder) for _, path in backups(place, tenant)]
    for archive in sorted(known, key=lambda path: path.name, reverse=True):
        staging = folder / STAGING
        try:
            manifest = sound(archive)
            there = {entry.path for entry in manifest.files}
            sealed = name == KEYS and name not in there and key and KEYS_BACKUP in there
            if manifest.tenant != tenant or not (name in there or sealed):
                continue
            shutil.rmtree(staging, ignore_errors=True)
            unpack(archive, staging, only=KEYS_BACKUP if sealed else name)
            if sealed:
                write_key_store(open_keys_backup(staging / KEYS_BACKUP, key, tenant).content, staging / KEYS)
            if find_damage(staging / name, 0):
                continue
            if name == KEYS and not sealed:
                forget_sessions(staging / name)
            (staging / name).rename(folder / name)
        except (BackupError, OSError):  # an older one may do
            continue
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        return archive
    return None


def _last_stop(folder: Path) -> str:
    """ "" after a clean stop; the lock's file holds what the last session wrote into it."""
    try:
        return (folder / LOCK).read_text("utf-8", "replace").strip()
    except OSError:
        return ""


def _note(folder: Path, text: str) -> None:
    # Never cut, and always as long: once there, it can be written on a full disk too.
    with suppress(OSError):
        descriptor = os.open(folder / LOCK, os.O_WRONLY)
        try:
            os.pwrite(descriptor, text.encode()[: _LENGTH - 1].ljust(_LENGTH - 1) + b"\n", 0)
        finally:
            os.close(descriptor)
