"""What it means for its owner when the key store cannot be used."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from wabot.model.errors import KeysDamaged, KeysUnusable

_DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_SHUT: Final = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY)
_FULL: Final = (sqlite3.SQLITE_FULL,)


@contextmanager
def using(keys: Path) -> Iterator[None]:
    """What is done with the key store in here fails with a sentence.

    Raises:
        KeysUnusable: the file cannot be opened, read or written.
        KeysDamaged: it is no key store, or is damaged.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise _meant(keys, error, getattr(error, "sqlite_errorcode", 0) & 0xFF) from error
    except OSError as error:
        raise _of_the_system(keys, error) from error


def _meant(keys: Path, error: sqlite3.Error, code: int) -> KeysUnusable:
    if code in _DAMAGED:
        return KeysDamaged(
            f"{keys} is damaged ({error}). The next start of `wabot run` sets it aside, and takes its encrypted backup "
            "or begins a new file."
        )
    if code in _SHUT:
        return _shut(keys, str(error))
    return _full(keys) if code in _FULL else KeysUnusable(f"{keys} cannot be used: {error}")


def _of_the_system(keys: Path, error: OSError) -> KeysUnusable:
    return _full(keys) if error.errno == errno.ENOSPC else _shut(keys, error.strerror or str(error))


def _shut(keys: Path, why: str) -> KeysUnusable:
    return KeysUnusable(f"{keys} cannot be opened ({why}). Check the owner and permissions of the file and its folder.")


def _full(keys: Path) -> KeysUnusable:
    return KeysUnusable(
        f"{keys} cannot be written: the disk is full. Free some space; nothing that was stored is lost."
    )
