"""A file of a tenant's replaced: whole or not at all, by one writer at a time, never one that changed meanwhile."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from wabot.api.problems import Problem
from wabot.language.files import MAX_BYTES, read_file
from wabot.model.same_file import identity
from wabot.store.keeping.layout import sync_folder

LOCK: Final = "managed.lock"
_PATIENCE: Final = 5.0
"""Seconds that another writer is waited for."""


class ChangedMeanwhile(Exception):
    """Somebody else wrote the file, or put another folder in the place of its own."""


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """Nobody else writes this tenant's managed files within the block. The lock lies in the tenant's data folder, and
    dies with its holder.

    Raises:
        Problem: 503, somebody else did for too long.
    """
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(data / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise _unwritable(data / LOCK, error) from error
    try:
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if time.monotonic() > until:
                    message = "Another change of this tenant's rules is being written; try again."
                    raise Problem(503, message, "BUSY", headers={"retry-after": "5"}) from error
                time.sleep(0.02)
        yield
    finally:
        os.close(descriptor)


def read(path: Path, folder: Path) -> bytes | None:
    """What stands in a managed file of the tenant in `folder`; None for no such file.

    Raises:
        Problem: 409, nothing may be written there: a link would lead the change to somebody else's file.
    """
    for place in (folder, path.parent, path):
        if place.is_symlink():
            message = f"{place.name} is a link: what the API writes through it would be lost, or another's. Put the "
            message += f"{'file' if place == path else 'folder'} itself there."
            raise Problem(409, message, "LINKED")
    try:
        raw = read_file(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unwritable(path, error) from error
    if len(raw) > MAX_BYTES:
        raise Problem(409, f"{path.name} is too large for any rules: split it by hand.", "NEEDS_A_PERSON")
    return raw


def replace(path: Path, text: str, seen: bytes | None) -> None:
    """Write `text` in the place of what was `seen` there (None: nothing). Durable on return.

    Raises:
        ChangedMeanwhile: something else stands there now; nothing is written.
        Problem: 409, it cannot be written.
    """
    try:
        if not path.parent.is_dir():
            path.parent.mkdir()
            sync_folder(path.parent.parent)
        home = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise ChangedMeanwhile from error
    except OSError as error:
        raise _unwritable(path, error) from error
    draft = f".{path.name}.new"
    try:
        _write(home, draft, text, _mode(home, path.name))
        stands = os.fstat(home)
        if identity(path.parent) != (stands.st_dev, stands.st_ino) or _content(home, path.name) != seen:
            raise ChangedMeanwhile
        os.rename(draft, path.name, src_dir_fd=home, dst_dir_fd=home)
        os.fsync(home)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        with suppress(OSError):
            os.unlink(draft, dir_fd=home)
        os.close(home)


def _write(home: int, name: str, text: str, mode: int) -> None:
    with suppress(FileNotFoundError):  # of one who was killed while it wrote
        os.unlink(name, dir_fd=home)
    descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=home)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text.encode())
        file.flush()
        os.fchmod(file.fileno(), mode)
        os.fsync(file.fileno())


def _mode(home: int, name: str) -> int:
    try:
        return os.stat(name, dir_fd=home, follow_symlinks=False).st_mode & 0o777
    except FileNotFoundError:
        return 0o644


def _content(home: int, name: str) -> bytes | None:
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=home)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        return file.read(MAX_BYTES + 1)


def _unwritable(path: Path, error: OSError) -> Problem:
    why = error.strerror or str(error)
    message = f"{path.name} cannot be written: {why}. Whoever runs wabot must be able to write the tenant's folder."
    return Problem(409, message, "NOT_WRITABLE")
