"""How the store's one writer commits: what is on the disk by then, and who waits meanwhile."""

import asyncio
import sqlite3
import threading
from pathlib import Path
from typing import Any

from tests.store.turns import NOW, message
from wabot.store.sqlite import SqliteStore
from wabot.store.sqlite.opening import BUSY

NORMAL, FULL = 1, 2


class Watched:
    """A connection that notes how far each commit is flushed, at that commit, and in which thread (the event loop's?)
    and how many milliseconds each transaction waits for others."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.commits: list[int] = []
        self.patience: list[tuple[bool, int]] = []

    def execute(self, statement: str, *more: Any) -> sqlite3.Cursor:
        if statement == "COMMIT":
            self.commits += self._connection.execute("PRAGMA synchronous").fetchone()
        if statement == "BEGIN IMMEDIATE":
            in_loop = threading.current_thread() is threading.main_thread()
            self.patience.append((in_loop, self._connection.execute("PRAGMA busy_timeout").fetchone()[0]))
        return self._connection.execute(statement, *more)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


async def test_what_must_survive_the_machine_is_flushed_by_its_commit(store: SqliteStore) -> None:
    watched: Any = Watched(store.writer._connection)
    store.writer._connection = watched
    await store.begin(message(1), NOW)  # may be lost with the machine: it only counts a try
    await store.journal([message(1)], NOW)
    await store.writer.run(lambda _connection: None, flushed=False, long=True)
    await store.writer.run(lambda _connection: None, long=True)
    assert watched.commits == [NORMAL, FULL, NORMAL, FULL]
    one, other = store.begin(message(2), NOW), store.journal([message(2)], NOW)
    await asyncio.gather(one, other)
    assert watched.commits[4:] == [FULL], "one commit for both, and as far as either of them needs"


async def test_the_event_loop_never_waits_for_another_process_that_holds_the_file(
    store: SqliteStore, folder: Path
) -> None:
    watched: Any = Watched(store.writer._connection)
    store.writer._connection = watched
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
