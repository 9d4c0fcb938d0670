"""Putting a backup back: checked first, complete or not at all, and what was there before is set aside, never deleted.

The caller holds the tenant's lock. All files are made ready in `TENANT/.restore/new`; from the moment `ready` stands
beside them the restore will be carried out, by `finish`, also when the process dies meanwhile: the next start of the
session finishes it.
"""

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

from wabot.model.errors import BackupError
from wabot.store.keeping.archive import check_archive, unpack
from wabot.store.keeping.identity import forget_sessions
from wabot.store.keeping.keys_backup import open_keys_backup, write_key_store
from wabot.store.keeping.layout import (
    BACKUPS,
    KEYS,
    KEYS_BACKUP,
    LINK,
    LOCK,
    NODE,
    NODE_NAME,
    SIDE_FILES,
    STAGING,
    aside,
    sync_file,
    sync_folder,
)
from wabot.store.keeping.manifest import Manifest
from wabot.store.sqlite.opening import newest_schema

_SPARE: Final = 16_000_000
"""Bytes that must be left on the disk after a restore, so that the session can begin."""


def sound(archive: Path) -> Manifest:
    """The backup at `archive`, after all of it was read and found to be as it was made.

    Raises:
        BackupError: it is not; or this wabot is too old for it.
    """
    try:
        manifest = check_archive(archive)
    except BackupError as error:
        raise BackupError(f"{archive} cannot be used: {error}. Nothing was changed.") from error
    except OSError as error:
        raise BackupError(f"{archive} cannot be read: {error.strerror}. Nothing was changed.") from error
    if manifest.schema < 1 and manifest.tenant != NODE_NAME:
        raise BackupError(
            f"{archive} cannot be used: its wabot.db is no database of wabot, and was damaged already when it was "
            "backed up. Take another. Nothing was changed."
        )
    if manifest.schema > newest_schema():
        raise BackupError(
            f"{archive} is of a newer wabot ({manifest.wabot}, schema {manifest.schema}; this one knows "
            f"{newest_schema()}). Install that version, then restore. Nothing was changed."
        )
    return manifest


def occupied(folder: Path) -> bool:
    """Whether the tenant's folder holds data that a restore would replace."""
    return any(True for _ in _data(folder))


def restore(
    archive: Path, manifest: Manifest, folder: Path, at: int, *, keep_keys: bool = False, key: bytes = b""
) -> Path | None:
    """Put the backup, whose `manifest` is that of `sound`, into the tenant's `folder`. Returns where the data that was
    there is set aside. `keep_keys` leaves the link with WhatsApp as it is; `key` opens the encrypted backup of it,
    where the archive holds no key store but that. The caller holds the tenant's lock.

    Raises:
        BackupError: the backup is not sound, or the disk is too full. Nothing was changed.
    """
    room(folder, manifest)
    with _prepared(archive, folder) as new:
        unpack(archive, new)
        for path in new.glob("*.db"):
            if found := _unsound(path):
                raise BackupError(f"{path.name} in it is damaged ({found})")
        for name in LINK if keep_keys else ():
            (new / name).unlink(missing_ok=True)
        if not keep_keys:
            _link(new, key, folder.name)
        place = _plan(folder, list(LINK) if keep_keys else [], at)
    finish(folder)
    return place if place.exists() else None


def restore_keys(file: Path, folder: Path, key: bytes, at: int) -> tuple[int, Path | None]:
    """Bring the link with WhatsApp back from the encrypted backup `file`, into the tenant's `folder`, and nothing else.
    Returns when that was made (UTC milliseconds), and where the key store that was there is set aside. The caller holds
    the tenant's lock.

    Raises:
        BackupError: it is not to be trusted, or the disk is full. Nothing was changed.
    """
    opened = open_keys_backup(file, key, folder.name)
    with _prepared(file, folder) as new:
        new.mkdir(mode=0o700)
        write_key_store(opened.content, new / KEYS)
        if found := _unsound(new / KEYS):
            raise BackupError(f"what it holds is damaged ({found})")
        sync_folder(new)
        place = _plan(folder, [path.name for path in _data(folder) if path.name not in LINK], at)
    finish(folder)
    return opened.made_at, place if place.exists() else None


@contextmanager
def _prepared(source: Path, folder: Path) -> Iterator[Path]:
    """Where to put what shall lie in `folder`: it is made by the block, and gone when that fails."""
    staging = folder / STAGING
    try:
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(mode=0o700)
        yield staging / "new"
    except (BackupError, OSError) as error:
        shutil.rmtree(staging, ignore_errors=True)
        why = f"restored: {error.strerror}" if isinstance(error, OSError) else f"used: {error}"
        raise BackupError(f"{source} cannot be {why}. Nothing was changed.") from error


def _link(new: Path, key: bytes, tenant: str) -> None:
    """Make the link with WhatsApp in the unpacked backup fit to be used."""
    if (new / KEYS).exists() and (new / KEYS).stat().st_size:
        forget_sessions(new / KEYS)
        sync_file(new / KEYS)
    elif key and (new / KEYS_BACKUP).exists():
        (new / KEYS).unlink(missing_ok=True)
        write_key_store(open_keys_backup(new / KEYS_BACKUP, key, tenant).content, new / KEYS)
    sync_folder(new)


def _plan(folder: Path, keep: list[str], at: int) -> Path:
    """Decide that what lies in `.restore/new` takes the place of all but `keep`; where that will be set aside."""
    staging = folder / STAGING
    place = aside(folder, at)
    while place.exists():
        at += 1_000
        place = aside(folder, at)
    draft = staging / "ready.draft"
    with draft.open("w") as file:
        json.dump({"aside": place.name, "keep": keep}, file)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(staging / "ready")
    sync_folder(staging)
    sync_folder(folder)
    return place


def finish(folder: Path) -> bool:
    """Carry out a restore that was made ready, or sweep away one that was not. Whether there was one. The caller holds
    the tenant's lock."""
    staging = folder / STAGING
    if not staging.is_dir():
        return False
    if not (staging / "ready").exists():
        shutil.rmtree(staging, ignore_errors=True)
        return False
    plan = json.loads((staging / "ready").read_text())
    # Until `moved` stands there, what lies in the folder is the old data; afterwards it is the new.
    if not (staging / "moved").exists():
        place = folder.with_name(plan["aside"])
        for path in [path for path in _data(folder) if path.name not in plan["keep"]]:
            place.mkdir(mode=0o700, exist_ok=True)
            path.rename(place / path.name)
        if place.exists():
            sync_folder(place)
        sync_folder(folder)
        (staging / "moved").touch()
        sync_folder(staging)
    for path in sorted((staging / "new").iterdir()):
        path.rename(folder / path.name)
    sync_folder(folder)
    sync_folder(folder.parent)
    shutil.rmtree(staging)
    return True


def restore_node(archive: Path, manifest: Manifest, data: Path, at: int) -> Path | None:
    """Put the backup of `node.db` back into the data folder; what was there is set aside, and returned. No session, and
    no `wabot run`, uses the folder.

    Raises:
        BackupError: as `restore`.
    """
    room(data, manifest)
    staging = data / STAGING
    place = aside(data / NODE, at)
    try:
        shutil.rmtree(staging, ignore_errors=True)
        unpack(archive, staging)
        if found := _unsound(staging / NODE):
            raise BackupError(f"{NODE} in it is damaged ({found})")
        for side in ("", *SIDE_FILES):
            if (old := data / f"{NODE}{side}").exists():
                old.rename(data / f"{place.name}{side}")
        (staging / NODE).rename(data / NODE)
        sync_folder(data)
    except BackupError as error:
        raise BackupError(f"{archive} cannot be used: {error}. Nothing was changed.") from error
    except OSError as error:
        raise BackupError(f"{archive} cannot be restored: {error.strerror}.") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return place if place.exists() else None


def room(folder: Path, manifest: Manifest) -> None:
    """Raises:
    BackupError: the disk of `folder` has no room for the backup.
    """
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(there).free
    if free < manifest.size + _SPARE:
        raise BackupError(
            f"{folder} has no room: {_mega(manifest.size + _SPARE)} are needed, {_mega(free)} are free. "
            "Free some space. Nothing was changed."
        )


def _data(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.name not in (LOCK, BACKUPS, STAGING))


def _unsound(path: Path) -> str:
    """What SQLite finds wrong with the file, "" for nothing."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)) as connection:
            found = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.Error as error:
        return str(error)
    return "" if found == "ok" else found


def _mega(size: int) -> str:
    return f"{size / 1_000_000:,.0f} MB"
