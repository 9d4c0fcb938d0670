"""Backing a tenant up, finding backups again, and thinning old ones out."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Final

from wabot.model.errors import BackupError
from wabot.store.keeping.archive import PACKED, PLAIN, Told, untold, write_archive
from wabot.store.keeping.copying import copy_tenant, entry, schema_of, snapshot
from wabot.store.keeping.layout import NODE, NODE_NAME, stamp
from wabot.store.keeping.manifest import Manifest

_STAGING: Final = ".wabot-backup-"
_NAME: Final = re.compile(r"^(?P<tenant>.+)-(?P<at>\d{8}T\d{6}Z)(\.tar|\.tar\.gz|\.tgz)$")


def is_archive(path: Path) -> bool:
    """Whether a path is named as one file of a backup; else it is a folder for several."""
    return path.name.endswith((PLAIN, *PACKED))


def back_up(folder: Path, target: Path, at: int, told: Told = untold, key: bytes = b"") -> tuple[Path, Manifest]:
    """Back the tenant in `folder` up, beside its session. `target` is a file (`.tar`, `.tar.gz`), or a folder, in which
    the file is named after the tenant and `at` (UTC milliseconds). Returns the file, and what it holds. It appears
    whole, checked and durable, or not at all. With a `key` it holds a fresh `keys.backup` in place of the key store.

    Raises:
        BackupError: a database is damaged, or the disk is full.
    """

    def stage(staged: Path) -> Manifest:
        files = copy_tenant(folder, staged, told, key, at)
        try:
            schema = schema_of(staged / "wabot.db")
        except BackupError as error:
            raise BackupError(f"{folder}: {error}") from error
        return Manifest(folder.name, at, version("wabot"), schema, files)

    return _back_up(folder.name, stage, target, at, told)


def back_up_node(data: Path, target: Path, at: int, told: Told = untold) -> tuple[Path, Manifest]:
    """Back up what belongs to no tenant: `node.db` in the data folder. Otherwise as `back_up`."""

    def stage(staged: Path) -> Manifest:
        snapshot(data / NODE, staged / NODE, told)
        return Manifest(NODE_NAME, at, version("wabot"), 0, (entry(staged, Path(NODE)),))

    return _back_up(NODE_NAME, stage, target, at, told)


def backups(folder: Path, tenant: str = "") -> list[tuple[str, Path]]:
    """The backups in `folder` (of `tenant`), newest first, each with its tenant, by their names."""
    found = []
    with suppress(OSError):
        for path in folder.iterdir():
            named = _NAME.match(path.name)
            if named and named["tenant"] == (tenant or named["tenant"]) and path.is_file():
                found.append((named["at"], named["tenant"], path))
    return [(name, path) for _, name, path in sorted(found, reverse=True)]


def prune(folder: Path, tenant: str, keep: int) -> list[Path]:
    """Delete the tenant's backups in `folder` but the newest `keep`; returns those deleted. Files that are not named
    like backups are left alone."""
    old = [path for _, path in backups(folder, tenant)[keep:]]
    for path in old:
        path.unlink(missing_ok=True)
    return old


def _back_up(
    tenant: str, stage: Callable[[Path], Manifest], target: Path, at: int, told: Told
) -> tuple[Path, Manifest]:
    into = target.parent if is_archive(target) else target
    try:
        into.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _staging(into) as staged:
            manifest = stage(staged)
            file = target if is_archive(target) else _free(into, tenant, at)
            write_archive(file, staged, manifest, told)
    except OSError as error:
        why = error.strerror or str(error)
        raise BackupError(f"{tenant} cannot be backed up to {target}: {why}. Nothing was written.") from error
    return file, manifest


def _free(folder: Path, tenant: str, at: int) -> Path:
    """A name of which there is no file yet: two backups within one second are two."""
    while (path := folder / f"{tenant}-{stamp(at)}.tar.gz").exists():
        at += 1_000
    return path


@contextmanager
def _staging(into: Path) -> Iterator[Path]:
    """A folder for the copies, on the disk of the backup; what a killed backup left behind goes first."""
    for old in into.glob(f"{_STAGING}*"):
        if not _runs(old.name.removeprefix(_STAGING)):
            shutil.rmtree(old, ignore_errors=True)
    for draft in into.glob(".*.draft"):
        if not _runs(draft.name.split(".")[-2]):
            draft.unlink(missing_ok=True)
    staged = into / f"{_STAGING}{os.getpid()}"
    staged.mkdir(mode=0o700)
    try:
        yield staged
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _runs(process: str) -> bool:
    return process.isdigit() and Path("/proc", process).exists()
