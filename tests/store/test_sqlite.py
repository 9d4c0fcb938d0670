"""What is SQLite's own: the file, durability, sharing a commit, and disks that fail."""

import asyncio
import os
import resource
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.store.turns import NOW, answered, message
from wabot.model.errors import StoreError
from wabot.store.sqlite import SqliteStore, open_store, read_summary


async def test_messages_that_come_together_share_commits(store: SqliteStore) -> None:
    before = store.commits
    await asyncio.gather(*(store.journal([message(number)], NOW) for number in range(500)))
    assert store.commits - before < 250


async def test_one_failing_operation_harms_no_other(store: SqliteStore) -> None:
    from dataclasses import replace

    strange: Any = "sangat"  # the database must refuse it
    broken = replace(answered(message(1)), priority=strange)
    results = await asyncio.gather(
        store.journal([message(2)], NOW), store.record(broken), store.journal([message(3)], NOW), return_exceptions=True
    )
    assert results[0] == [True]
    assert isinstance(results[1], StoreError)
    assert results[2] == [True]
    assert (await store.summary()).contacts == 0
    assert await store.queued() == []


async def test_only_its_owner_may_read_the_file(store: SqliteStore, folder: Path) -> None:
    await store.journal([message(1)], NOW)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    modes = {entry.name: stat.S_IMODE(entry.stat().st_mode) for entry in folder.iterdir()}
    assert set(modes.values()) == {0o600}, modes


async def test_the_file_is_durable_and_has_every_table_named_for_its_tenant(store: SqliteStore, folder: Path) -> None:
    connection = sqlite3.connect(folder / "wabot.db")
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in set(tables) - {"migrations", "sqlite_sequence"}:
        assert "tenant_id" in [row[1] for row in connection.execute(f"PRAGMA table_info({table})")], table


async def test_a_cancelled_caller_leaves_the_store_working(store: SqliteStore) -> None:
    task = asyncio.create_task(store.journal([message(1)], NOW))
    await asyncio.sleep(0)
    task.cancel()
    assert await store.journal([message(2)], NOW) == [True]


async def test_a_closed_store_says_so(folder: Path) -> None:
    store = open_store(folder, "warung")
    await store.close()
    await store.close()
    with pytest.raises(StoreError, match="closed"):
        await store.journal([message(1)], NOW)


async def test_reopening_finds_everything(folder: Path) -> None:
    store = open_store(folder, "warung")
    await store.journal([message(1)], NOW)
    await store.record(answered(message(1)))
    await store.journal([message(2)], NOW)
    await store.close()
    again = open_store(folder, "warung")
    assert [row.rule for row in await again.queued()] == ["jam-buka"]
    assert [left.id for left in await again.undecided()] == ["A2"]
    assert await again.journal([message(1)], NOW) == [False]
    await again.close()


def test_a_file_that_is_no_database_is_named_with_what_to_do(folder: Path) -> None:
    folder.mkdir()
    (folder / "wabot.db").write_bytes(b"this is not a database, but it is long enough to look" * 40)
    with pytest.raises(StoreError, match=r"damaged.*restore a backup"):
        open_store(folder, "warung")


async def test_a_database_of_a_newer_wabot_is_left_alone(store: SqliteStore, folder: Path) -> None:
    await store.close()
    connection = sqlite3.connect(folder / "wabot.db")
    connection.execute("INSERT INTO migrations VALUES (9999, '9999_future')")
    connection.commit()
    with pytest.raises(StoreError, match="newer wabot"):
        open_store(folder, "warung")


async def test_a_summary_is_read_beside_a_running_store_and_makes_nothing(store: SqliteStore, folder: Path) -> None:
    await store.record(answered(message(1)))
    assert read_summary(folder, "warung").contacts == 1
    elsewhere = folder.parent / "lain"
    with pytest.raises(StoreError, match="no data yet"):
        read_summary(elsewhere, "lain")
    assert not elsewhere.exists()


JOURNAL = """
import asyncio, sys
from pathlib import Path
from tests.store.turns import NOW, message
from wabot.store.sqlite import open_store

async def main():
    store = open_store(Path(sys.argv[1]), "warung")
    new = 0
    for number in range(int(sys.argv[2])):
        if await store.journal([message(number)], NOW) == [True]:
            new += 1
            print(number, flush=True)
    await store.close()

asyncio.run(main())
"""


def child(folder: Path, count: int, preexec_fn: Callable[[], None] | None = None) -> subprocess.Popen[str]:
    root = str(Path(__file__).parents[2])
    return subprocess.Popen(
        [sys.executable, "-c", JOURNAL, str(folder), str(count)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": root},
        preexec_fn=preexec_fn,
    )


async def test_every_message_that_was_acknowledged_survives_kill_9(folder: Path) -> None:
    process = child(folder, 1_000_000)
    assert process.stdout is not None
    acknowledged = [process.stdout.readline().strip() for _ in range(300)]
    process.send_signal(signal.SIGKILL)
    acknowledged += process.stdout.read().split()
    process.wait()
    connection = sqlite3.connect(folder / "wabot.db")
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    store = open_store(folder, "warung")
    kept = {left.id for left in await store.undecided()}
    assert {f"A{number}" for number in acknowledged} <= kept
    await store.close()


def test_two_processes_that_journal_the_same_messages_share_them_out(folder: Path) -> None:
    open_and_close(folder)
    both = [child(folder, 200), child(folder, 200)]
    said = [process.communicate(timeout=60) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    new = [line for out, _ in said for line in out.split()]
    assert sorted(new, key=int) == [str(number) for number in range(200)]


def test_a_full_disk_fails_the_message_plainly_and_loses_nothing_before(folder: Path) -> None:
    open_and_close(folder)

    def small_disk() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))

    process = child(folder, 100_000, preexec_fn=small_disk)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "the disk is full or failing" in err, err

    async def reopen() -> None:
        store = open_store(folder, "warung")
        kept = {left.id for left in await store.undecided()}
        assert {f"A{number}" for number in out.split()} <= kept
        assert await store.journal([message(1_000_000)], NOW) == [True]
        await store.close()

    asyncio.run(reopen())


def open_and_close(folder: Path) -> None:
    asyncio.run(open_store(folder, "warung").close())


async def test_a_lock_held_by_another_process_is_waited_for(store: SqliteStore, folder: Path) -> None:
    other = sqlite3.connect(folder / "wabot.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(store.journal([message(1)], NOW))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    other.execute("COMMIT")
    assert await waiting


async def test_all_who_wait_for_a_file_that_another_process_holds_are_told_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wabot.store.sqlite.writer.BUSY", 50)
    store = open_store(tmp_path / "d", "warung")
    ready, waited = store.writer._ready, []

    def noting(work: Sequence[Any], *, patient: bool) -> None:
        waited.append(patient)
        ready(work, patient=patient)

    monkeypatch.setattr(store.writer, "_ready", noting)
    with closing(sqlite3.connect(tmp_path / "d" / "wabot.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        told = await asyncio.gather(*(store.journal([message(n)], NOW) for n in range(9)), return_exceptions=True)
        assert all(isinstance(one, StoreError) for one in told)
        assert waited.count(True) == 1, "they waited for it one after the other"
        other.execute("ROLLBACK")
    assert await store.journal([message(1)], NOW) == [True]
    await store.close()
