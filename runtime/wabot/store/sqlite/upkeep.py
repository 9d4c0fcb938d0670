"""Keeping a tenant's file small, quick and no older than its owner wants, while customers go on writing."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing, suppress
from datetime import tzinfo
from pathlib import Path
from typing import Any, Final

from wabot.model.errors import StoreError
from wabot.model.ids import made_at
from wabot.model.stored import JobRun
from wabot.store.outgoing import OutgoingFolder
from wabot.store.sqlite import uploads
from wabot.store.sqlite.aggregating import Counting
from wabot.store.sqlite.feeding import forget
from wabot.store.sqlite.opening import NAME, open_file, open_for_reading, plainly
from wabot.store.sqlite.queries import Ask, asker
from wabot.store.sqlite.retention import BATCH, TABLES, Old, delete, old_rows

_READ: Final = 5_000
"""Rows that are looked for at a time, on a connection of its own: reading holds nobody up."""
_PAUSE: Final = 0.02
"""Seconds between two batches, in which the session's own work comes first."""
_WORTH: Final = 16_000_000
"""Bytes of free pages from which rewriting the file may be worth it; and a quarter of it must be free."""
_QUICK: Final = 128_000_000
"""Bytes of content that are rewritten in about two seconds (80 MB/s, measured): nobody can write meanwhile. A larger
file is left: its free pages are used again, and the same retention frees as much every day as comes in."""
_QUIET: Final = 60_000
"""Milliseconds without a message before the file is rewritten."""
_LARGE_LOG: Final = 4_000_000
"""Bytes of the write-ahead log from which it is cut back."""
_SOON: Final = 200
"""Milliseconds to wait for readers and writers: this work can wait until its next time."""

_OPTIMIZE: Final = ("PRAGMA analysis_limit = 400", "PRAGMA optimize")
_SIZES: Final = ("page_size", "page_count", "freelist_count")

Connected = Callable[[sqlite3.Connection], Any]


class Upkeep:
    """`wabot.ports.Upkeep` in SQLite. `run` is the store's writer, `folder` the tenant's (`data/<tenant>`)."""

    def __init__(self, run: Callable[[Connected], Awaitable[Any]], ask: Ask, folder: Path, tenant: str) -> None:
        self._run, self._ask, self._folder, self._tenant = run, ask, folder, tenant

    async def known(self, jobs: tuple[str, ...], at: int) -> Mapping[str, JobRun]:
        def work(_connection: sqlite3.Connection) -> Mapping[str, JobRun]:
            for job in jobs:
                self._ask("job_known", job=job, at=at)
            return job_runs(self._ask)

        runs: Mapping[str, JobRun] = await self._run(work)
        return runs

    async def began(self, job: str, at: int) -> None:
        await self._run(lambda _connection: self._ask("job_begins", job=job, at=at).rowcount)

    async def ended(self, job: str, at: int, ok: bool, detail: str) -> None:
        await self._run(lambda _connection: self._ask("job_ends", job=job, at=at, ok=int(ok), detail=detail).rowcount)

    async def aggregate(self, now: int, zone: tzinfo) -> tuple[int, int]:
        counting: Counting = await self._run(lambda connection: Counting(connection, self._tenant, zone))
        while any(await self._run(lambda _connection: counting.step(now))):
            await asyncio.sleep(_PAUSE)
        return counting.chats, counting.days

    async def clean_up(self, before: int, now: int, zone: tzinfo) -> Mapping[str, int]:
        await self.aggregate(now, zone)  # what is deleted counts, as long as anybody asks
        await self._run(lambda connection: Counting(connection, self._tenant, zone).close(before))
        deleted = {}
        for kind in TABLES:
            if count := await self._clean(kind, before, now):
                deleted[kind.table] = count
        while gone := await self._run(lambda _connection: forget(self._ask, now, BATCH)):
            deleted["feed"] = deleted.get("feed", 0) + gone
            await asyncio.sleep(_PAUSE)
        if files := await asyncio.to_thread(_old_files, self._folder / "media", before):
            deleted["media"] = files
        return deleted

    async def _clean(self, kind: Old, before: int, now: int) -> int:
        deleted = 0
        while rows := await asyncio.to_thread(self._old, kind, before, now):
            gone = 0
            for start in range(0, len(rows), BATCH):
                gone += await self._delete(kind, rows[start : start + BATCH], before, now)
                await asyncio.sleep(_PAUSE)
            deleted += gone
            if len(rows) < _READ or not gone:
                break
        return deleted

    async def _delete(self, kind: Old, rows: list[int], before: int, now: int) -> int:
        return int(await self._run(lambda connection: delete(connection, self._tenant, kind, rows, before, now)))

    def _old(self, kind: Old, before: int, now: int) -> list[int]:
        try:
            with closing(open_for_reading(self._folder)) as connection:
                return old_rows(connection, self._tenant, kind, before, now, _READ)
        except sqlite3.Error as error:
            raise StoreError(plainly(self._folder / NAME, error)) from error

    async def drop_uploads(self, now: int) -> int:
        folder, dropped = OutgoingFolder(self._folder), 0
        # The rows first: from then on no message can be given such a file.
        while gone := await self._run(lambda _connection: uploads.drop_over(self._ask, now)):
            await asyncio.to_thread(folder.delete, gone)
            dropped += len(gone)
        old = [id for id in await asyncio.to_thread(folder.ids) if made_at(id) < now - uploads.UNUSED]
        lost = await self._run(lambda _connection: uploads.unknown(self._ask, old)) if old else []
        await asyncio.to_thread(folder.delete, lost)
        return dropped + len(lost)

    async def tidy(self, now: int) -> str:
        # On the session's own connection, which knows what was asked; of each index a sample is read, in milliseconds.
        await self._run(lambda connection: [connection.execute(statement).fetchall() for statement in _OPTIMIZE])
        return await asyncio.to_thread(tidy, self._folder, self._tenant, now)


def job_runs(ask: Ask) -> Mapping[str, JobRun]:
    """The last run of each job, by its name."""
    return {row["job"]: _job_run(row) for row in ask("job_runs")}


def _job_run(row: Any) -> JobRun:
    ok = None if row["ok"] is None else bool(row["ok"])
    return JobRun(row["job"], row["known_since"], row["began_at"], row["ended_at"], ok, row["detail"])


def tidy(folder: Path, tenant: str, now: int) -> str:
    """Rewrite the file when that is worth it and quick, and cut its log back; on a connection of its own, which waits
    for nobody. Returns what was done.

    Raises:
        StoreError: the file cannot be used.
    """
    path = folder / NAME
    try:
        with closing(open_file(folder)) as connection:
            connection.execute(f"PRAGMA busy_timeout = {_SOON}")
            said = _rewritten(connection, tenant, now)
            log = path.with_name(f"{NAME}-wal")
            large = log.exists() and log.stat().st_size > _LARGE_LOG
            connection.execute(f"PRAGMA wal_checkpoint({'TRUNCATE' if large else 'PASSIVE'})").fetchone()
            return said
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            return "others were writing: next time"
        raise StoreError(plainly(path, error)) from error
    except (OSError, sqlite3.Error) as error:
        raise StoreError(plainly(path, error)) from error


def _rewritten(connection: sqlite3.Connection, tenant: str, now: int) -> str:
    page, pages, free = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in _SIZES)
    spare, content = page * free, page * (pages - free)
    if spare < _WORTH or free * 4 < pages:
        return f"{_megabytes(content)} stored, {_megabytes(spare)} free"
    if content > _QUICK:
        return f"{_megabytes(spare)} are free in the file and are used again; rewriting it would hold customers up"
    if asker(connection, tenant)("customers_lately", since=now - _QUIET).fetchone()["busy"]:
        return f"{_megabytes(spare)} could be given back, but customers are writing: next time"
    connection.execute("VACUUM")
    return f"{_megabytes(spare)} given back"


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"


def _old_files(folder: Path, before: int) -> int:
    """Delete what customers sent before then; a file is as old as the message with which it came."""
    deleted = 0
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        with suppress(FileNotFoundError):  # somebody else was quicker
            if path.is_file() and not path.is_symlink() and path.stat().st_mtime * 1000 < before:
                path.unlink()
                deleted += 1
    return deleted
