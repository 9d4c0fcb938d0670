"""A database that is damaged: found at the start, set aside, and replaced without a person."""

import asyncio
import os
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.key_store import count, device, link
from tests.store.turns import NOW, answered, message
from wabot.model.errors import StoreDamaged, StoreError
from wabot.store.keeping.backup import back_up
from wabot.store.keeping.keys_backup import back_up_keys
from wabot.store.keeping.layout import BACKUPS
from wabot.store.keeping.mending import Mended, ended, met, open_kept
from wabot.store.sqlite import SqliteStore, open_store


def start(folder: Path) -> tuple[SqliteStore, list[Mended]]:
    return open_kept(folder, "warung", lambda: NOW)


async def lived(folder: Path, messages: int = 30) -> None:
    """A session that took messages, was backed up, took more, and ended as it should."""
    folder.mkdir(mode=0o700)
    (folder / "lock").touch()
    store, mended = start(folder)
    assert not mended
    said = [message(number, "jam buka? " * 40) for number in range(messages)]
    await asyncio.gather(*(store.journal([one], NOW) for one in said))
    await asyncio.gather(*(store.record(answered(one)) for one in said))
    back_up(folder, folder / BACKUPS, NOW)
    await store.journal([message(messages)], NOW)
    await store.record(answered(message(messages)))
    await store.close()
    ended(folder)


def header(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.write(b"\xff" * 100)


def cut_in_half(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2 // 4096 * 4096)


def cut_to_nothing(file: Path) -> None:
    os.truncate(file, 0)


def no_database(file: Path) -> None:
    file.write_bytes(b"<html>not found</html>" * 400)


def garbage(file: Path) -> None:
    chance = random.Random(7)
    with file.open("r+b") as opened:
        for page in range(6, file.stat().st_size // 4096, 3):
            opened.seek(page * 4096)
            opened.write(chance.randbytes(4096))


def pages(file: Path) -> None:
    """All but the header."""
    with file.open("r+b") as opened:
        opened.seek(100)
        opened.write(random.Random(7).randbytes(min(50_000, file.stat().st_size - 100)))


DAMAGES = [header, cut_in_half, cut_to_nothing, no_database, garbage]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("backed_up", [True, False], ids=["with a backup", "without one"])
async def test_after_a_stop_that_was_not_clean_damage_is_set_aside_and_a_backup_or_a_fresh_file_takes_its_place(
    folder: Path, damage: Callable[[Path], None], backed_up: bool
) -> None:
    await lived(folder)
    if not backed_up:
        for backup in (folder / BACKUPS).iterdir():
            backup.unlink()
    (folder / "lock").write_text("running")  # as a session leaves it that is killed
    damage(folder / "wabot.db")
    broken = (folder / "wabot.db").read_bytes()
    store, mended = start(folder)
    (one,) = mended
    assert one.aside.read_bytes() == broken
    assert (one.backup is not None) == backed_up
    assert (await store.summary()).received == (30 if backed_up else 0)
    assert await store.journal([message(99)], NOW) == [True]
    await store.close()
    with closing(sqlite3.connect(folder / "wabot.db")) as whole:
        assert whole.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    told = one.aside.with_name(f"{one.aside.name}.txt").read_text()
    assert told == f"{one}\n"
    assert ("is in its place; what came after it is missing" in told) == backed_up
    again, more = start(folder)
    assert not more
    await again.close()


@pytest.mark.parametrize("damage", [header, cut_in_half, cut_to_nothing, no_database], ids=lambda one: one.__name__)
async def test_damage_that_shows_when_the_file_is_opened_is_found_after_a_clean_stop_too(
    folder: Path, damage: Callable[[Path], None]
) -> None:
    await lived(folder)
    damage(folder / "wabot.db")
    store, mended = start(folder)
    assert [one.name for one in mended] == ["wabot.db"]
    assert (await store.summary()).received == 30
    await store.close()


async def test_a_backup_that_is_damaged_itself_is_passed_over_for_an_older_one(folder: Path) -> None:
    await lived(folder)
    sound, _ = back_up(folder, folder / BACKUPS, NOW + 60_000)
    newest, _ = back_up(folder, folder / BACKUPS, NOW + 120_000)
    os.truncate(newest, 900)
    header(folder / "wabot.db")
    store, (one,) = start(folder)
    assert one.backup == sound
    assert (await store.summary()).received == 31
    await store.close()


async def test_backups_are_looked_for_where_the_setting_says_and_another_tenants_is_never_taken(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await lived(folder)
    safe = tmp_path / "safe"
    (folder / BACKUPS).rename(safe)
    (ours,) = safe.iterdir()
    other, _ = back_up(await another(tmp_path / "toko"), safe, NOW + 60_000)
    other.rename(safe / other.name.replace("toko", "warung"))  # a file that is named wrongly
    monkeypatch.setenv("WABOT_BACKUPS", str(safe))
    header(folder / "wabot.db")
    store, (one,) = start(folder)
    assert one.backup == ours
    assert (await store.summary()).received == 30
    await store.close()


async def another(place: Path) -> Path:
    store = open_store(place, "toko")
    await store.journal([message(1)], NOW)
    await store.close()
    return place


async def test_a_file_that_is_sound_is_left_alone_after_a_kill(folder: Path) -> None:
    await lived(folder)
    (folder / "lock").write_text("running")
    store, mended = start(folder)
    assert not mended
    assert (await store.summary()).received == 31
    await store.close()


async def test_a_damaged_index_that_a_statement_met_is_found_though_pages_are_whole(folder: Path) -> None:
    await lived(folder)
    with closing(sqlite3.connect(folder / "wabot.db", isolation_level=None)) as file:
        file.execute("PRAGMA writable_schema = ON")
        file.execute("UPDATE sqlite_master SET sql = replace(sql, 'decided_at IS NULL', 'decided_at > 0')")
        file.execute("PRAGMA writable_schema = OFF")
    (folder / "lock").write_text("running")
    store, mended = start(folder)
    await store.close()
    assert not mended, "a quick look compares no index with its table"
    met(folder, "database disk image is malformed")
    store, mended = start(folder)
    (one,) = mended
    assert "index journal_undecided" in one.found
    assert one.rebuilt, "every row is there: none is given up for a backup"
    assert (await store.summary()).received == 31
    await store.close()
    assert "nothing is missing" in str(one)


async def test_damage_in_an_index_alone_costs_no_row(folder: Path) -> None:
    await lived(folder)
    with closing(sqlite3.connect(folder / "wabot.db")) as file:
        (root,) = file.execute("SELECT rootpage FROM sqlite_master WHERE name = 'logs_of_rule'").fetchone()
    with (folder / "wabot.db").open("r+b") as opened:
        opened.seek((root - 1) * 4096)
        opened.write(b"\xff" * 4096)
    (folder / "lock").write_text("running")
    store, (one,) = start(folder)
    assert one.rebuilt
    assert (await store.summary()).received == 31
    await store.close()


async def test_damaged_whatsapp_keys_come_from_the_backup(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    with closing(sqlite3.connect(folder / "keys.db")) as keys:
        keys.execute("CREATE TABLE whatsmeow_device (jid TEXT)")
        keys.execute("INSERT INTO whatsmeow_device VALUES ('628')")
        keys.commit()
    await open_store(folder, "warung").close()
    back_up(folder, folder / BACKUPS, NOW)
    (folder / "lock").write_text("running")
    header(folder / "keys.db")
    store, (one,) = start(folder)
    await store.close()
    assert one.name == "keys.db"
    with closing(sqlite3.connect(folder / "keys.db")) as keys:
        assert keys.execute("SELECT jid FROM whatsmeow_device").fetchall() == [("628",)]


@pytest.mark.parametrize("damage", [header, no_database, pages], ids=lambda damage: damage.__name__)
async def test_damaged_whatsapp_keys_are_found_after_a_clean_stop_too(
    folder: Path, damage: Callable[[Path], None]
) -> None:
    await lived(folder)
    link(folder / "keys.db")
    damage(folder / "keys.db")
    store, (mended,) = start(folder)
    assert (mended.name, mended.backup) == ("keys.db", None)
    assert not (folder / "keys.db").exists()
    await store.close()


async def test_another_trouble_than_damage_sets_nothing_aside(folder: Path) -> None:
    await lived(folder)
    with closing(sqlite3.connect(folder / "wabot.db")) as file:
        file.execute("INSERT INTO migrations VALUES (9999, '9999_future')")
        file.commit()
    with pytest.raises(StoreError, match="newer wabot"):
        start(folder)
    assert not list(folder.glob("*.damaged-*"))


async def test_damage_that_a_statement_meets_is_told_at_once(folder: Path) -> None:
    await lived(folder)
    store = open_store(folder, "warung")
    told: list[str] = []
    store.writer.on_damage = told.append
    garbage(folder / "wabot.db")
    with pytest.raises(StoreDamaged):
        for number in range(500):
            await store.context(message(number, chat=f"62811{number}"), NOW)
            await store.record(answered(message(1_000 + number, chat=f"62811{number}", phone=f"62811{number}")))
    assert told
    assert "malformed" in told[0]
    await store.close()


KEY = bytes(range(32))


async def linked(folder: Path) -> str:
    """`lived`, with a phone that is linked; which device it is linked as."""
    await lived(folder)
    link(folder / "keys.db")
    (folder / BACKUPS).rename(folder / "unused")
    return device(folder / "keys.db")


async def test_a_damaged_key_store_is_replaced_by_its_encrypted_backup_without_sessions(tmp_path: Path) -> None:
    folder = tmp_path / "warung"
    as_device = await linked(folder)
    back_up_keys(folder, KEY, NOW)
    header(folder / "keys.db")
    met(folder, "found")
    store, (mended,) = open_kept(folder, "warung", lambda: NOW, KEY)
    await store.close()
    assert "the backup keys.backup is in its place" in str(mended)
    assert (device(folder / "keys.db"), count(folder / "keys.db", "sessions")) == (as_device, 0)


async def test_without_the_key_the_key_store_comes_from_an_archive_and_without_sessions(tmp_path: Path) -> None:
    folder = tmp_path / "warung"
    as_device = await linked(folder)
    back_up_keys(folder, KEY, NOW)
    archive, _ = back_up(folder, folder / BACKUPS, NOW)
    header(folder / "keys.db")
    met(folder, "found")
    store, (mended,) = start(folder)
    await store.close()
    assert mended.backup == archive
    assert (device(folder / "keys.db"), count(folder / "keys.db", "sessions")) == (as_device, 0)


async def test_the_key_opens_an_archive_that_holds_the_key_store_encrypted_only(tmp_path: Path) -> None:
    folder = tmp_path / "warung"
    as_device = await linked(folder)
    archive, _ = back_up(folder, folder / BACKUPS, NOW, key=KEY)
    header(folder / "keys.db")
    met(folder, "found")
    store, (mended,) = open_kept(folder, "warung", lambda: NOW, KEY)
    await store.close()
    assert mended.backup == archive
    assert device(folder / "keys.db") == as_device
