"""How the store's one writer commits: what is on the disk by then, and who waits meanwhile."""

import asyncio
import json
import sqlite3
import threading
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.store.turns import NOW, message
from wabot.model.errors import StoreError
from wabot.store.sqlite import SqliteStore, writer
from wabot.store.sqlite.opening import BUSY

NORMAL, FULL = 1, 2


class Watched:
    """A connection that notes how far each commit is flushed, at that commit, and whether in the event loop's thread;
    and in which thread (the event loop's?) and how many milliseconds each transaction waits for others. While it is
    `full`, no commit is flushed to the disk."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.commits: list[int] = []
        self.in_loop: list[bool] = []
        self.written: list[int] = []
        self.full = False
        self.patience: list[tuple[bool, int]] = []

    def execute(self, statement: str, *more: Any) -> sqlite3.Cursor:
        if statement == "COMMIT":
            level = self._connection.execute("PRAGMA synchronous").fetchone()[0]
            if self.full and level == FULL:
                raise sqlite3.OperationalError("database or disk is full")
            self.commits.append(level)
            self.in_loop.append(threading.current_thread() is threading.main_thread())
            before = self._log_size()
            cursor = self._connection.execute(statement, *more)
            self.written.append(self._log_size() - before)
            return cursor
        if statement == "BEGIN IMMEDIATE":
            in_loop = threading.current_thread() is threading.main_thread()
            self.patience.append((in_loop, self._connection.execute("PRAGMA busy_timeout").fetchone()[0]))
        return self._connection.execute(statement, *more)

    def _log_size(self) -> int:
        return Path(f"{self._connection.execute('PRAGMA database_list').fetchone()['file']}-wal").stat().st_size

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def _told(number: int, _connection: sqlite3.Connection) -> int:
    return number


def watch(store: SqliteStore) -> Any:
    watched: Any = Watched(store.writer._connection)
    store.writer._connection = watched
    return watched


async def test_what_must_survive_the_machine_is_flushed_by_its_commit(store: SqliteStore) -> None:
    watched = watch(store)
    await store.begin(message(1), NOW)  # may be lost with the machine: it only counts a try
    await store.journal([message(1)], NOW)
    await store.writer.run(lambda _connection: None, flushed=False, long=True)
    await store.writer.run(lambda _connection: None, long=True)
    assert watched.commits == [NORMAL, FULL, NORMAL, FULL]
    assert watched.in_loop == [True, False, False, False], "only what waits for no disk happens in the event loop"
    one, other = store.begin(message(2), NOW), store.journal([message(2)], NOW)
    await asyncio.gather(one, other)
    assert watched.commits[4:] == [FULL], "one commit for both, and as far as either of them needs"


async def test_the_event_loop_never_waits_for_another_process_that_holds_the_file(
    store: SqliteStore, folder: Path
) -> None:
    watched = watch(store)
    other = sqlite3.connect(folder / "wabot.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(store.journal([message(1)], NOW))
    while len(watched.patience) < 2:
        await asyncio.sleep(0.01)
    assert not waiting.done()
    other.execute("COMMIT")
    assert await waiting == [True]
    assert watched.patience == [(True, 0), (False, BUSY)], "tried in the loop, waited for in the thread"
    other.close()


async def test_what_queued_while_another_process_held_the_file_shares_a_commit(
    store: SqliteStore, folder: Path
) -> None:
    watched = watch(store)
    other = sqlite3.connect(folder / "wabot.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    writing = [asyncio.create_task(store.writer.run(partial(_told, number))) for number in range(5)]
    await asyncio.sleep(0.05)
    other.execute("COMMIT")
    other.close()
    assert await asyncio.gather(*writing) == [0, 1, 2, 3, 4]
    assert watched.commits == [FULL]


async def test_one_that_fails_after_another_process_held_the_file_fails_alone(store: SqliteStore, folder: Path) -> None:
    def fails(_connection: sqlite3.Connection) -> None:
        raise ValueError("it went wrong")

    other = sqlite3.connect(folder / "wabot.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    good = asyncio.create_task(store.writer.run(lambda _connection: "kept"))
    bad = asyncio.create_task(store.writer.run(fails))
    await asyncio.sleep(0.05)
    other.execute("COMMIT")
    other.close()
    assert await good == "kept"
    with pytest.raises(ValueError, match="it went wrong"):
        await bad


async def test_what_was_not_flushed_is_soon_and_who_asks_learns_when(store: SqliteStore) -> None:
    watched = watch(store)
    await store.journal([message(1)], NOW, flushed=False)
    assert watched.commits == [NORMAL]
    await store.flush()
    assert watched.commits == [NORMAL, FULL]
    assert watched.written[-1] > 0, "a transaction that writes nothing flushes nothing"
    await store.flush()
    assert len(watched.commits) == 2, "all is on the disk: there is nothing to wait for"


async def test_a_commit_that_is_made_anyway_flushes_what_came_before_even_when_it_changes_nothing(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_SOON", 60.0)  # on a busy machine the one that is made otherwise would come between
    await store.journal([message(2)], NOW)  # the log is longer than what follows
    watched = watch(store)
    await store.journal([message(1)], NOW, flushed=False)
    waiting = asyncio.create_task(store.flush())
    await asyncio.sleep(0)
    await store.writer.run(lambda _connection: None)
    await waiting
    assert watched.commits == [NORMAL, FULL]
    assert watched.written[-1] > 0


async def test_a_disk_that_does_not_take_it_is_told_to_who_waits_for_the_flush_and_is_tried_again(
    store: SqliteStore,
) -> None:
    watched = watch(store)
    watched.full = True
    await store.journal([message(1)], NOW, flushed=False)
    with pytest.raises(StoreError, match="full"):
        await store.flush()
    watched.full = False
    await store.flush()
    assert watched.commits == [NORMAL, FULL]
    assert await store.journal([message(1)], NOW) == [False]


async def test_a_store_that_is_closed_has_flushed_what_was_not(store: SqliteStore) -> None:
    watched = watch(store)
    await store.journal([message(1)], NOW, flushed=False)
    await store.close()
    assert watched.commits == [NORMAL, FULL]
    await store.flush()


async def test_a_change_is_told_once_it_is_committed_and_reading_is_none(store: SqliteStore) -> None:
    told: list[int] = []
    store.writer.on_change = lambda: told.append(store.commits)
    await store.queued()
    assert told == []
    await asyncio.gather(*(store.journal([message(number)], NOW) for number in range(3)))
    assert told == [store.commits], "three that share a commit are one change"
    with pytest.raises(StoreError):
        await store.writer.run(lambda connection: connection.execute("INSERT INTO nowhere VALUES (1)"))
    assert len(told) == 1


async def test_what_a_statement_would_undo_is_kept_in_no_file(store: SqliteStore) -> None:
    numbers = json.dumps([str(number) for number in range(1_000)])

    def work(connection: sqlite3.Connection) -> list[str]:
        connection.execute(
            "INSERT INTO contacts (id, tenant_id, phone, first_contact_at, last_contact_at)"
            " SELECT value, 'warung', value, 1, 1 FROM json_each(?)",
            (numbers,),
        )
        connection.execute("UPDATE contacts SET name = id")
        return [str(entry.readlink()) for entry in Path("/proc/self/fd").iterdir() if entry.is_symlink()]

    assert [link for link in await store.writer.run(work) if "etilqs" in link] == []
