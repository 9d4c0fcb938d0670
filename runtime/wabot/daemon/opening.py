"""A session's store at the start: waited for while the disk is full or somebody holds it, mended when it is damaged."""

import asyncio
import os
import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Final

from wabot.model.errors import StoreError
from wabot.model.same_file import identity
from wabot.ports import Clock
from wabot.session.alarms import damaged
from wabot.session.report import Report
from wabot.store.keeping.mending import Mended, met, open_kept
from wabot.store.sqlite import SqliteStore
from wabot.store.sqlite.opening import LEAST, NAME

_AGAIN: Final = 2.0
"""Seconds between tries to open a store."""
_HEALS: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
_CRASHED: Final = 1
_LOOK: Final = 5.0
"""Seconds between looks whether the file is still there."""


async def opened(folder: Path, tenant: str, clock: Clock, report: Report, key: bytes = b"") -> SqliteStore:
    """The tenant's store. A crash in its place would come again and again until the supervisor gives up; what time
    heals is waited for instead. `key` opens the encrypted backup of the WhatsApp keys. The caller holds the tenant's
    lock.

    Raises:
        StoreError: it cannot be opened, and waiting does not help.
    """
    told = ""
    while True:
        try:
            store, mended = await asyncio.to_thread(open_kept, folder, tenant, clock.now, key)
        except (StoreError, OSError, sqlite3.Error) as error:
            if not _heals(folder, error):
                raise error if isinstance(error, StoreError) else StoreError(str(error)) from error
            if str(error) != told:
                told = str(error)
                report.note("the session waits for its store", level="error", error=told)
            await asyncio.sleep(_AGAIN)
            continue
        for one in mended:
            await _tell(store, report, clock, one)
        store.writer.on_damage = lambda found: crash(folder, report, found)
        return store


async def _tell(store: SqliteStore, report: Report, clock: Clock, mended: Mended) -> None:
    """The one place that says that a file was replaced."""
    report.note(str(mended), level="error")
    with suppress(StoreError):  # the log has it, and so has `wabot status`
        await store.alerts.add(damaged(str(mended)), clock.now())


def crash(folder: Path, report: Report, found: str, what: str = "database is") -> None:
    """Called in the store's thread, too. Nothing that follows could be stored, and everything that was acknowledged is
    on the disk: the process ends at once, and the next start deals with the file. `what` is damaged."""
    met(folder, found)
    report.note(f"the {what} damaged: starting again to set it aside", level="error", error=found)
    os._exit(_CRASHED)


async def watch_file(folder: Path, report: Report) -> None:
    """End the process when the database is removed or replaced beneath it: what it goes on writing there would be lost
    with it. Nothing of wabot does that while a session runs."""
    path = folder / NAME
    opened = identity(path)
    while identity(path) == opened:
        await asyncio.sleep(_LOOK)
    report.note(
        "the database was removed or replaced while it was open: starting again with what is there", level="error"
    )
    os._exit(_CRASHED)


def _heals(folder: Path, error: Exception) -> bool:
    codes = [getattr(one, "sqlite_errorcode", None) for one in (error, error.__cause__)]
    if any(code is not None and code & 0xFF in _HEALS for code in codes):
        return True
    try:
        return shutil.disk_usage(folder).free < LEAST
    except OSError:
        return False
