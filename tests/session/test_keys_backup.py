"""When a session writes the encrypted backup of its keys."""

import asyncio
from pathlib import Path

import pytest

from tests.key_store import device, link
from tests.session.stage import START, StageClock, Told, stage
from wabot.model.errors import BackupError
from wabot.session import keys_backup as module
from wabot.session.jobs import JOBS, Jobs
from wabot.session.keys_backup import KeysBackup
from wabot.store.keeping.sealing import unseal
from wabot.store.sqlite import open_store

KEY = bytes(range(32))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A tenant whose phone was just linked."""
    place = tmp_path / "warung"
    place.mkdir(mode=0o700)
    link(place / "keys.db")
    return place


@pytest.fixture
def clock() -> StageClock:
    made = StageClock()
    made.set(START)
    return made


def holds(folder: Path) -> tuple[int, bool]:
    """When it was made, and whether it is of the device that is linked."""
    opened = unseal((folder / "keys.backup").read_bytes(), KEY, "warung")
    return opened.made_at, device(folder / "keys.db").encode() in opened.content


async def connect(folder: Path, key: bytes, clock: StageClock) -> list[str]:
    """What a session tells of it after its first connection."""
    told, connected = Told(), asyncio.Event()
    waiting = asyncio.create_task(KeysBackup(folder, key).after_pairing(connected, clock, told))
    await asyncio.sleep(0)
    assert not told.notes  # before it is connected nobody knows whether the link still holds
    connected.set()
    await waiting
    return told.notes


async def test_a_new_link_is_backed_up_at_once_and_again_when_the_phone_has_handed_over_its_keys(
    folder: Path, clock: StageClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_AGAIN", 0.0)
    assert await connect(folder, KEY, clock) == ["the WhatsApp keys are backed up"] * 2
    assert holds(folder) == (START, True)
    clock.set(START + 1)
    assert await connect(folder, KEY, clock) == []
    assert holds(folder) == (START, True)
    link(folder / "keys.db")
    assert len(await connect(folder, KEY, clock)) == 2
    assert holds(folder) == (START + 1, True)


async def test_without_a_key_nothing_is_written(folder: Path, clock: StageClock) -> None:
    assert await connect(folder, b"", clock) == []
    assert not (folder / "keys.backup").exists()


async def test_a_backup_that_fails_is_told_with_its_reason_and_ends_nothing(folder: Path, clock: StageClock) -> None:
    (folder / "keys.db").write_bytes(b"\xff" * 8_192)
    (note,) = await connect(folder, KEY, clock)
    assert note.startswith("the WhatsApp keys could not be backed up: it is tried again within a day")
    assert "file is not a database" in note


async def test_a_backup_that_meets_a_damaged_key_store_says_so_and_one_that_fails_otherwise_does_not(
    folder: Path,
) -> None:
    found: list[str] = []
    keys = KeysBackup(folder, KEY, found.append)
    (folder / "keys.backup").mkdir()
    with pytest.raises(BackupError, match="cannot be written"):
        await keys.write(START)
    assert found == []
    with (folder / "keys.db").open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 4_000)
    with pytest.raises(BackupError):
        await keys.write(START)
    (said,) = found
    assert "malformed" in said


async def test_it_is_written_anew_every_day(folder: Path, tmp_path: Path, clock: StageClock) -> None:
    async with stage(tmp_path / "stage") as made:
        rules = made.session.live.rule_set()
    store = open_store(folder, "warung")
    jobs = Jobs(JOBS, store, clock, lambda: rules, Told(), KeysBackup(folder, KEY))
    await jobs.look()
    for day in (1, 2):
        clock.set(START + day * 86_400_000)
        await jobs.look()
        assert holds(folder) == (START + day * 86_400_000, True)
    await store.close()
