"""A backup beside a session that writes: of one moment, whole, and with everything that was acknowledged before."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.store.turns import NOW, answered, message
from wabot.model.errors import BackupError
from wabot.store.keeping.archive import unpack
from wabot.store.keeping.backup import back_up
from wabot.store.keeping.copying import snapshot
from wabot.store.sqlite import SqliteStore, open_store


def held(database: Path, query: str) -> set[str]:
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return {value for (value,) in connection.execute(query)}


async def test_a_backup_beside_a_session_that_writes_is_of_one_moment(
    store: SqliteStore, folder: Path, tmp_path: Path
) -> None:
    for number in range(50):
        await store.journal([message(number)], NOW)
    going = True

    async def write() -> None:
        number = 1_000
        while going:
            await store.journal([message(number, chat=f"628{number}", phone=f"628{number}")], NOW)
            await store.record(answered(message(number, chat=f"628{number}", phone=f"628{number}")))
            number += 1

    writing = asyncio.create_task(write())
    made = [await asyncio.to_thread(back_up, folder, tmp_path / "safe", NOW + 1_000 * turn) for turn in range(5)]
    going = False
    await writing
    for number, (file, manifest) in enumerate(made):
        place = tmp_path / f"unpacked-{number}"
        unpack(file, place)
        assert [entry.path for entry in manifest.files] == ["wabot.db"]
        assert sorted(path.name for path in place.iterdir()) == ["wabot.db"], "it needs no file beside it"
        ids = held(place / "wabot.db", "SELECT message_id FROM inbound_journal")
        assert {f"A{number}" for number in range(50)} <= ids
        chats = held(place / "wabot.db", "SELECT chat FROM conversation_chats")
        decided = held(place / "wabot.db", "SELECT chat FROM inbound_journal WHERE decided_at IS NOT NULL")
        assert chats == decided, "no half of a turn"


async def test_what_only_the_write_ahead_log_of_a_killed_session_holds_is_backed_up(
    folder: Path, tmp_path: Path
) -> None:
    store = open_store(folder, "warung")
    await store.journal([message(1)], NOW)
    place = tmp_path / "killed"
    place.mkdir()
    for name in ("wabot.db", "wabot.db-wal"):  # as kill -9 leaves them
        (place / name).write_bytes((folder / name).read_bytes())
    await store.close()
    snapshot(place / "wabot.db", tmp_path / "copy.db")
    assert held(tmp_path / "copy.db", "SELECT message_id FROM inbound_journal") == {"A1"}


def test_a_damaged_file_is_no_backup(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "wabot.db")) as file:
        file.execute("CREATE TABLE x (a)")
        file.executemany("INSERT INTO x VALUES (?)", [("y" * 900,)] * 100)
        file.commit()
    content = (tmp_path / "wabot.db").read_bytes()
    (tmp_path / "wabot.db").write_bytes(content[:40_960] + b"\xff" * 8_192 + content[49_152:])
    with pytest.raises(BackupError, match="is damaged"):
        snapshot(tmp_path / "wabot.db", tmp_path / "copy.db")
