"""The encrypted backup of the WhatsApp keys: written beside whoever uses them, brought back without their sessions."""

import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.acceptance.small_disk import fill, small_disk
from tests.key_store import RATCHET, TEXT, count, device, link
from wabot.model.errors import BackupError
from wabot.store.keeping.identity import identity_in
from wabot.store.keeping.keys_backup import UNCHANGED, UNLINKED, back_up_keys
from wabot.store.keeping.restore import finish, restore_keys
from wabot.store.keeping.sealing import unseal

KEY = bytes(range(32))
AT = 1_769_569_200_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A linked tenant with a sound backup."""
    place = tmp_path / "data" / "warung"
    place.mkdir(mode=0o700, parents=True)
    link(place / "keys.db")
    back_up_keys(place, KEY, AT)
    return place


def tree(place: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path.relative_to(place)): (stat.S_IMODE(path.stat().st_mode), path.read_bytes())
        for path in sorted(place.rglob("*"))
        if path.is_file()
    }


def identity_of(file: Path) -> bytes:
    return unseal(file.read_bytes(), KEY, "warung").content


def test_it_holds_what_is_needed_to_log_in_and_neither_sessions_nor_texts(folder: Path) -> None:
    content = identity_of(folder / "keys.backup")
    assert RATCHET not in content
    assert TEXT not in content
    assert device(folder / "keys.db").encode() in content
    assert stat.S_IMODE((folder / "keys.backup").stat().st_mode) == 0o600
    assert device(folder / "keys.db").encode() not in (folder / "keys.backup").read_bytes()


def test_it_is_of_one_moment_though_somebody_writes_the_key_store(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "keys.db", isolation_level=None)) as writing:
        writing.execute("BEGIN IMMEDIATE")
        writing.execute("DELETE FROM whatsmeow_pre_keys")
        written = identity_in(folder / "keys.db")
        writing.execute("COMMIT")
    with closing(sqlite3.connect(":memory:")) as copy:
        copy.deserialize(written)
        assert copy.execute("SELECT COUNT(*) FROM whatsmeow_pre_keys").fetchone()[0] == 20


def test_only_a_new_link_is_new(folder: Path) -> None:
    first = (folder / "keys.backup").read_bytes()
    assert back_up_keys(folder, KEY, AT, only_new=True) == UNCHANGED
    assert (folder / "keys.backup").read_bytes() == first
    link(folder / "keys.db")
    assert "is written" in back_up_keys(folder, KEY, AT, only_new=True)
    assert device(folder / "keys.db").encode() in identity_of(folder / "keys.backup")


def test_a_new_key_makes_a_new_backup(folder: Path) -> None:
    assert "is written" in back_up_keys(folder, bytes(32), AT, only_new=True)
    assert unseal((folder / "keys.backup").read_bytes(), bytes(32), "warung").content


@pytest.mark.parametrize("lost", ["DELETE FROM whatsmeow_device", "DROP TABLE whatsmeow_device"])
def test_a_link_that_is_gone_does_not_take_its_backup_with_it(folder: Path, lost: str) -> None:
    first = (folder / "keys.backup").read_bytes()
    with closing(sqlite3.connect(folder / "keys.db")) as keys:
        keys.execute(lost)
        keys.commit()
    assert back_up_keys(folder, KEY, AT) == UNLINKED
    (folder / "keys.db").write_bytes(b"")
    assert back_up_keys(folder, KEY, AT) == UNLINKED
    (folder / "keys.db").unlink()
    assert back_up_keys(folder, KEY, AT) == UNLINKED
    assert (folder / "keys.backup").read_bytes() == first


def test_a_pairing_that_is_under_way_is_not_backed_up_and_ends_with_a_restore(folder: Path) -> None:
    linked = device(folder / "keys.db")
    link(folder / "keys.db")
    (folder / "pairing").touch()
    assert back_up_keys(folder, KEY, AT) == UNLINKED
    _, aside = restore_keys(folder / "keys.backup", folder, KEY, AT)
    assert device(folder / "keys.db") == linked
    assert aside is not None
    assert sorted(path.name for path in aside.iterdir()) == ["keys.db", "pairing"]
    assert not (folder / "pairing").exists()


def test_a_damaged_key_store_does_not_replace_its_backup(folder: Path) -> None:
    first = (folder / "keys.backup").read_bytes()
    (folder / "keys.db").write_bytes(b"\xff" * 8_192)
    with pytest.raises(BackupError, match=r"keys\.db cannot be read"):
        back_up_keys(folder, KEY, AT)
    assert (folder / "keys.backup").read_bytes() == first


def test_what_comes_back_has_no_sessions_and_makes_the_library_upload_fresh_prekeys(folder: Path) -> None:
    linked = device(folder / "keys.db")
    for side in folder.glob("keys.db*"):
        side.unlink()
    assert restore_keys(folder / "keys.backup", folder, KEY, AT + 1) == (AT, None)
    keys = folder / "keys.db"
    assert (device(keys), count(keys, "sessions"), count(keys, "sender_keys")) == (linked, 0, 0)
    # Kept for customers who were handed one; neither `uploaded` nor to be uploaded again.
    assert (count(keys, "pre_keys"), count(keys, "pre_keys", "uploaded IN (true, false)")) == (20, 0)
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    assert sorted(path.name for path in folder.iterdir()) == ["keys.backup", "keys.db"]


def test_a_key_store_that_is_there_is_set_aside_whole_and_everything_else_stays(folder: Path) -> None:
    (folder / "wabot.db").write_bytes(b"messages")
    link(folder / "keys.db")
    newer = device(folder / "keys.db")
    _, aside = restore_keys(folder / "keys.backup", folder, KEY, AT + 1)
    assert aside is not None
    assert aside.parent == folder.parent
    assert device(aside / "keys.db") == newer
    assert count(aside / "keys.db", "sessions") == 1
    assert {stat.S_IMODE(path.stat().st_mode) for path in (aside, aside / "keys.db")} == {0o700, 0o600}
    assert device(folder / "keys.db") != newer
    assert (folder / "wabot.db").read_bytes() == b"messages"


def truncated(file: Path) -> None:
    os.truncate(file, file.stat().st_size - 1)


def changed(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[-40] ^= 1
    file.write_bytes(content)


def a_text(file: Path) -> None:
    file.write_text("keys")


@pytest.mark.parametrize("spoil", [truncated, changed, a_text])
def test_a_spoiled_backup_changes_nothing(folder: Path, spoil: Callable[[Path], None]) -> None:
    spoil(folder / "keys.backup")
    before = tree(folder.parent)
    with pytest.raises(BackupError, match="Nothing was changed"):
        restore_keys(folder / "keys.backup", folder, KEY, AT)
    assert tree(folder.parent) == before


def test_another_key_or_tenant_changes_nothing(folder: Path) -> None:
    other = folder.with_name("toko")
    other.mkdir()
    link(other / "keys.db")
    before = tree(folder.parent)
    with pytest.raises(BackupError, match=r"another key than WHATSAPP_ENCRYPTION_KEY is now\. Nothing was changed"):
        restore_keys(folder / "keys.backup", folder, bytes(32), AT)
    with pytest.raises(BackupError, match=r"of the tenant 'warung', not of 'toko'\. Nothing was changed"):
        restore_keys(folder / "keys.backup", other, KEY, AT)
    assert tree(folder.parent) == before


def test_a_disk_that_is_full_loses_nothing(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    with small_disk(request, tmp_path / "disk", 2) as disk:
        if disk is None:
            return
        folder = disk / "warung"
        folder.mkdir()
        link(folder / "keys.db")
        back_up_keys(folder, KEY, AT)
        shutil.copy(folder / "keys.backup", tmp_path / "keys.backup")
        filler = fill(disk)
        before = tree(folder)
        with pytest.raises(BackupError, match=r"No space left on device\. Nothing was changed"):
            restore_keys(tmp_path / "keys.backup", folder, KEY, AT)
        with pytest.raises(BackupError, match=r"keys\.backup cannot be written: No space left on device"):
            back_up_keys(folder, KEY, AT)
        assert tree(folder) == before
        filler.unlink()
        assert restore_keys(tmp_path / "keys.backup", folder, KEY, AT)[0] == AT


KILLED = """
import os, sys
from pathlib import Path
renames = 0
rename = Path.rename
def counted(self, target):
    global renames
    renames += 1
    if renames == int(sys.argv[2]):
        os.kill(os.getpid(), 9)
    return rename(self, target)
Path.rename = counted
from wabot.store.keeping.restore import restore_keys
folder = Path(sys.argv[1])
restore_keys(folder / "keys.backup", folder, bytes(range(32)), 1)
"""


@pytest.mark.parametrize("instant", range(1, 4))
def test_killed_at_any_step_there_is_the_old_key_store_or_the_new_one(folder: Path, instant: int) -> None:
    backed_up = device(folder / "keys.db")
    link(folder / "keys.db")
    newer = device(folder / "keys.db")
    ran = subprocess.run([sys.executable, "-c", KILLED, str(folder), str(instant)], check=False)
    assert ran.returncode == -signal.SIGKILL
    finish(folder)  # what each start of a session does first
    there = device(folder / "keys.db")
    asides = list(folder.parent.glob("*.before-restore-*"))
    if there == newer:
        assert (instant, asides) == (1, [])
    else:
        assert (there, device(asides[0] / "keys.db")) == (backed_up, newer)
    assert not (folder / ".restore").exists()
