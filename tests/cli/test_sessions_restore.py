"""`wabot sessions restore`, and the encrypted backup in `wabot backup`, `restore`, `jobs` and `doctor`."""

import base64
import os
import shutil
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path
from shlex import quote, split
from typing import Any

import pytest

from tests.cli.typed import Typed
from tests.key_store import count, device, link
from tests.session.stage import JAM, stage
from wabot.cli.health import machine
from wabot.daemon.child import lock

KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture
async def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A linked tenant, with the key in the environment."""
    monkeypatch.setenv("WHATSAPP_ENCRYPTION_KEY", KEY)
    place = tmp_path / "data"
    place.mkdir(mode=0o700)
    async with stage(tmp_path / "stage", JAM) as shop:
        await shop.say("jam buka?")
    (tmp_path / "stage" / "data").rename(place / "warung")
    link(place / "warung" / "keys.db")
    return place


@pytest.fixture
def backed_up(data: Path, wabot: Typed) -> Path:
    assert wabot("jobs", "run", "keys-backup", "--data", data).code == 0
    return data


def checks(wabot: Typed, data: Path) -> list[tuple[str, str, str]]:
    said = wabot("doctor", "--data", data, "--format", "json").data["checks"]
    return [(one["level"], one["found"], one["do"]) for one in said if one["where"] == "warung"]


def told(wabot: Typed, data: Path, about: str) -> tuple[str, str, str]:
    (found,) = [one for one in checks(wabot, data) if about in one[1]]
    return found


def test_a_lost_key_store_comes_back(backed_up: Path, wabot: Typed) -> None:
    keys = backed_up / "warung" / "keys.db"
    linked = device(keys)
    keys.unlink()
    said = wabot("sessions", "restore", "warung", "--data", backed_up)
    assert (said.code, "warung: its link with WhatsApp is back, as of " in said.out) == (0, True)
    assert "set aside" not in said.out
    assert (device(keys), count(keys, "sessions")) == (linked, 0)


def test_a_key_store_that_is_there_is_set_aside_and_named(backed_up: Path, tmp_path: Path, wabot: Typed) -> None:
    away = (backed_up / "warung" / "keys.backup").rename(tmp_path / "keys.backup")
    said = wabot("sessions", "restore", "warung", "--from", away, "--data", backed_up, "--format", "json")
    assert said.code == 0, said.err
    restored = said.data["restored"]
    assert (restored["tenant"], restored["file"]) == ("warung", str(away))
    assert count(Path(restored["set_aside"]) / "keys.db", "sessions") == 1


def test_it_comes_back_on_another_machine_that_has_nothing_of_the_tenant(
    backed_up: Path, tmp_path: Path, wabot: Typed
) -> None:
    file = backed_up / "warung" / "keys.backup"
    said = wabot("sessions", "restore", "warung", "--from", file, "--data", tmp_path / "new" / "data")
    assert (said.code, "there is no data folder" in said.err) == (2, True)
    assert not (tmp_path / "new").exists()
    (tmp_path / "new" / "data").mkdir(parents=True)
    said = wabot("sessions", "restore", "warung", "--from", file, "--data", tmp_path / "new" / "data")
    assert said.code == 0, said.err
    assert f"start it: wabot run --data {tmp_path / 'new' / 'data'};" in said.out
    assert said.out.endswith(f"wabot pair warung --data {tmp_path / 'new' / 'data'}\n")
    assert device(tmp_path / "new" / "data" / "warung" / "keys.db") == device(backed_up / "warung" / "keys.db")


def test_what_stands_before_restore_is_meant_for_it(backed_up: Path, wabot: Typed) -> None:
    (backed_up / "warung" / "keys.db").unlink()
    said = wabot("sessions", "--data", backed_up, "--format", "json", "restore", "warung")
    assert (said.code, said.data["restored"]["tenant"]) == (0, "warung"), said.err
    said = wabot("sessions", "--data", "nowhere", "restore", "warung", "--data", backed_up)
    assert said.code == 0, said.err
    said = wabot("sessions", "--data", backed_up, "--tenant", "toko", "restore", "warung")
    assert (said.code, "--tenant goes with `wabot sessions` alone" in said.err) == (2, True)


def test_a_tenant_that_runs_is_refused(backed_up: Path, wabot: Typed) -> None:
    held = lock(backed_up / "warung")
    before = device(backed_up / "warung" / "keys.db")
    said = wabot("sessions", "restore", "warung", "--data", backed_up)
    os.close(held)
    assert (said.code, "another process runs warung" in said.err) == (3, True)
    assert device(backed_up / "warung" / "keys.db") == before
    assert count(backed_up / "warung" / "keys.db", "sessions") == 1


def test_refusals_are_sentences_and_leave_no_folder_behind(
    backed_up: Path, wabot: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = backed_up / "warung" / "keys.backup"
    said = wabot("sessions", "restore", "toko", "--from", file, "--data", backed_up)
    assert (said.code, "of the tenant 'warung', not of 'toko'. Nothing was changed." in said.err) == (3, True)
    assert not (backed_up / "toko").exists()
    said = wabot("sessions", "restore", "warnug", "--data", backed_up)
    assert said.code == 2
    assert said.err == f"wabot: there is no tenant `warnug` in {backed_up}; did you mean `warung`?\n"
    (backed_up / "toko").mkdir()
    said = wabot("sessions", "restore", "toko", "--data", backed_up)
    assert (said.code, "there is no encrypted backup" in said.err) == (2, True)
    assert wabot("sessions", "restore", "../warung", "--from", file, "--data", backed_up).code == 2
    monkeypatch.setenv("WHATSAPP_ENCRYPTION_KEY", base64.b64encode(bytes(32)).decode())
    said = wabot("sessions", "restore", "warung", "--data", backed_up)
    assert (said.code, "another key than WHATSAPP_ENCRYPTION_KEY" in said.err) == (3, True)
    monkeypatch.setenv("WHATSAPP_ENCRYPTION_KEY", "short")
    said = wabot("sessions", "restore", "warung", "--data", backed_up)
    assert (said.code, "WHATSAPP_ENCRYPTION_KEY must be 32 bytes, as base64" in said.err) == (2, True)
    monkeypatch.delenv("WHATSAPP_ENCRYPTION_KEY")
    said = wabot("sessions", "restore", "warung", "--data", backed_up)
    assert (said.code, "is not set" in said.err) == (2, True)


def test_the_key_may_stand_in_a_file(
    backed_up: Path, tmp_path: Path, wabot: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WHATSAPP_ENCRYPTION_KEY")
    (tmp_path / "key").write_text(f"{KEY}\n")
    monkeypatch.setenv("WHATSAPP_ENCRYPTION_KEY_FILE", str(tmp_path / "key"))
    assert wabot("sessions", "restore", "warung", "--data", backed_up).code == 0


def restored(wabot: Typed, *words: object) -> Any:
    said = wabot("restore", *words)
    assert said.code == 0, said.err
    return said


def test_a_restored_backup_of_the_whole_tenant_has_no_sessions(
    data: Path, tmp_path: Path, wabot: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WHATSAPP_ENCRYPTION_KEY")
    assert wabot("backup", "--data", data, "--output", tmp_path / "safe").code == 0
    restored(wabot, tmp_path / "safe", "--data", tmp_path / "new")
    keys = tmp_path / "new" / "warung" / "keys.db"
    assert (device(keys), count(keys, "sessions"), count(keys, "sender_keys")) == (
        device(data / "warung" / "keys.db"),
        0,
        0,
    )
    assert count(data / "warung" / "keys.db", "sessions") == 1


def test_keys_that_are_kept_keep_their_sessions(data: Path, tmp_path: Path, wabot: Typed) -> None:
    assert wabot("backup", "--data", data, "--output", tmp_path / "safe").code == 0
    restored(wabot, tmp_path / "safe", "--data", data, "--replace", "--keep-keys")
    assert count(data / "warung" / "keys.db", "sessions") == 1


def test_with_a_key_a_backup_holds_the_keys_encrypted_only_and_a_restore_opens_them(
    data: Path, tmp_path: Path, wabot: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert wabot("backup", "--data", data, "--output", tmp_path / "safe").code == 0
    (archive,) = (tmp_path / "safe").iterdir()
    with tarfile.open(archive) as tar:
        names = tar.getnames()
    assert ("files/keys.backup" in names, "files/keys.db" in names) == (True, False)
    restored(wabot, archive, "--data", tmp_path / "new")
    assert device(tmp_path / "new" / "warung" / "keys.db") == device(data / "warung" / "keys.db")
    monkeypatch.delenv("WHATSAPP_ENCRYPTION_KEY")
    place = tmp_path / "no key"
    said = restored(wabot, archive, "--data", place)
    back = f"wabot sessions restore warung --data {quote(str(place))}"
    assert f"its link with WhatsApp is only in keys.backup: {back}\n" in said.out
    assert not (place / "warung" / "keys.db").exists()
    monkeypatch.setenv("WHATSAPP_ENCRYPTION_KEY", KEY)
    assert wabot(*split(back)[1:]).code == 0


def test_a_wrong_key_restores_nothing(
    data: Path, tmp_path: Path, wabot: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert wabot("backup", "--data", data, "--output", tmp_path / "safe").code == 0
    monkeypatch.setenv("WHATSAPP_ENCRYPTION_KEY", base64.b64encode(bytes(32)).decode())
    said = wabot("restore", tmp_path / "safe", "--data", tmp_path / "new")
    assert (said.code, "another key than WHATSAPP_ENCRYPTION_KEY" in said.err) == (3, True)
    assert not (tmp_path / "new" / "warung").exists()


def test_without_a_key_the_job_writes_nothing_and_says_so(
    data: Path, wabot: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WHATSAPP_ENCRYPTION_KEY")
    ran = wabot("jobs", "run", "keys-backup", "--data", data, "--format", "json").data["ran"]
    assert (ran[0]["ok"], ran[0]["outcome"]) == (True, "no WHATSAPP_ENCRYPTION_KEY is set: nothing is written")
    assert not (data / "warung" / "keys.backup").exists()


def test_a_job_that_fails_says_why(data: Path, wabot: Typed) -> None:
    (data / "warung" / "keys.db").write_bytes(b"\xff" * 8_192)
    said = wabot("jobs", "run", "keys-backup", "--data", data)
    assert (said.code, "keys.db cannot be read: file is not a database" in said.err) == (3, True)


def test_the_doctor_says_whether_the_link_can_be_brought_back(
    data: Path, wabot: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "_libraries", lambda: iter(()))  # loading WhatsApp's takes a second each time
    folder = data / "warung"
    level, _, do = told(wabot, data, "no encrypted backup")
    assert (level, do.partition("now: ")[2]) == ("warn", f"wabot jobs run keys-backup --data {data}")
    wabot("jobs", "run", "keys-backup", "--data", data)
    assert told(wabot, data, "keys.backup of ")[0] == "ok"
    kept = (folder / "keys.db").rename(data.parent / "keys.db")
    assert told(wabot, data, "keys.db is gone")[2].startswith(f"wabot sessions restore warung --data {data}, or")
    shutil.move(kept, folder / "keys.db")
    (folder / "keys.backup").write_bytes((folder / "keys.backup").read_bytes()[:-1])
    level, _, do = told(wabot, data, "cut short")
    assert (level, do.endswith(f"write it anew: wabot jobs run keys-backup --data {data}")) == ("fail", True)
    monkeypatch.delenv("WHATSAPP_ENCRYPTION_KEY")
    assert "openssl rand -base64 32" in told(wabot, data, "no WHATSAPP_ENCRYPTION_KEY is set")[2]
    for side in folder.glob("keys.*"):
        side.unlink()
    assert not [one for one in checks(wabot, data) if "ENCRYPTION" in one[1]]  # never linked: nothing to lose


def test_a_table_that_nobody_has_decided_about_is_backed_up(data: Path, wabot: Typed) -> None:
    with closing(sqlite3.connect(data / "warung" / "keys.db")) as keys:
        keys.execute("CREATE TABLE whatsmeow_to_come (value TEXT)")
        keys.execute("INSERT INTO whatsmeow_to_come VALUES ('kept')")
        keys.commit()
    wabot("jobs", "run", "keys-backup", "--data", data)
    assert wabot("sessions", "restore", "warung", "--data", data).code == 0
    assert count(data / "warung" / "keys.db", "to_come", "value = 'kept'") == 1
