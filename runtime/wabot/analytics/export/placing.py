"""Putting a file in its place: whole and durable, or not at all."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from shutil import rmtree
from typing import Final

from wabot.model.errors import ExportError, UsageError
from wabot.store.keeping.layout import sync_file, sync_folder

_DRAFT: Final = ".draft"


def check_place(target: Path, force: bool) -> None:
    """Whether a file may be put at `target`; with `force` it may take another's place.

    Raises:
        UsageError: it may not.
    """
    if target.is_dir():
        raise UsageError(f"{target} is a folder; name a file in it")
    if not target.parent.is_dir():
        raise UsageError(f"there is no folder {target.parent} for {target.name}; make it, or name another file")
    if target.exists() and not force:
        raise UsageError(f"{target} exists; name another file, or say --force to have the new one take its place")


@contextmanager
def placed(target: Path, force: bool) -> Iterator[Path]:
    """A new, empty file beside `target`, mode 0600, to be written within the block; after it, it stands at `target`. If
    the block fails, nothing of it is left.

    Raises:
        UsageError: `target` may not be written, or another file has come there meanwhile.
        ExportError: the disk is full, or the folder cannot be written.
    """
    target = Path(os.path.realpath(target))  # a link keeps pointing to what it names
    check_place(target, force)
    _sweep(target)
    draft = target.with_name(f".{target.name}.{os.getpid()}{_DRAFT}")
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
        yield draft
        sync_file(draft)
        check_place(target, force)
        draft.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        raise ExportError(_plainly(target, error)) from error
    finally:
        with suppress(OSError):
            draft.unlink()


def _sweep(target: Path) -> None:
    """What a killed export to the same file has left behind."""
    for left in target.parent.glob(f".{escape(target.name)}.*{_DRAFT}*"):
        process = left.name.removeprefix(f".{target.name}.").split(".")[0]
        if process.isdigit() and not Path("/proc", process).exists():
            rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)


def _plainly(target: Path, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"{target} cannot be written: the disk is full. Nothing of it is left there; free some space, or name a "
            "file on another disk."
        )
    return f"{target} cannot be written: {error.strerror or error}. Nothing of it is left there."
