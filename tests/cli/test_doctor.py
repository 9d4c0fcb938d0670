"""`wabot doctor`: each trouble, caused, is found with what to do; and where nothing is wrong, it is quiet."""

import os
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli.typed import Typed
from tests.key_store import link
from tests.session.stage import JAM, stage
from tests.tenants import SOUND, write_tenant
from wabot.cli.health import machine
from wabot.daemon.api_standing import ApiStanding, Sign
from wabot.daemon.child import lock
from wabot.session.clock import RealClock
from wabot.store.keeping.mending import mend


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without loading the WhatsApp library each time."""
    monkeypatch.setattr(machine, "_libraries", lambda: iter(()))


@pytest.fixture
async def data(tmp_path: Path, wabot: Typed) -> Path:
    """A tenant that is well, with a backup."""
    place = tmp_path / "data"
    place.mkdir(mode=0o700)
    async with stage(tmp_path / "stage", JAM) as shop:
        await shop.say("jam buka?")
    (tmp_path / "stage" / "data").rename(place / "warung")
    write_tenant(tmp_path / "rules" / "warung")
    assert wabot("backup", "--data", place).code == 0
    return place


def doctor(wabot: Typed, data: Path, *flags: object) -> tuple[int, list[dict[str, Any]]]:
    said = wabot("doctor", data.parent / "rules", "--data", data, "--format", "json", *flags)
    assert said.err == ""
    return said.code, [line for line in said.data["checks"] if line["level"] != "ok"]


def test_where_nothing_is_wrong_every_line_is_ok(data: Path, wabot: Typed) -> None:
    assert doctor(wabot, data, "--deep") == (0, [])
    said = wabot("doctor", data.parent / "rules", "--data", data)
    assert "ok    warung: wabot.db is whole" in said.out
    assert "ok    machine: the WhatsApp library neonize loads" in said.out
    assert said.out.rstrip().endswith("all is well")


def change(data: Path, statement: str) -> None:
    with closing(sqlite3.connect(data / "warung" / "wabot.db", isolation_level=None)) as file:
        file.execute("PRAGMA foreign_keys = OFF")
        file.execute(statement)


def garbage(data: Path) -> None:
    file = data / "warung" / "wabot.db"
    content = file.read_bytes()
    file.write_bytes(content[:40_960] + b"\xff" * (len(content) - 40_960))


def set_aside(data: Path) -> None:
    mend(data / "warung", "warung", "wabot.db", "file is not a database", RealClock().now())


def no_backup(data: Path) -> None:
    for file in (data / "warung" / "backups").iterdir():
        file.unlink()


def old_backup(data: Path) -> None:
    for file in (data / "warung" / "backups").iterdir():
        os.utime(file, (1_700_000_000, 1_700_000_000))


def long_log(data: Path) -> None:
    with (data / "warung" / "wabot.db-wal").open("wb") as file:
        file.truncate(100_000_000)


def broken_off(data: Path) -> None:
    (data / "warung" / ".restore").mkdir(mode=0o700)


def no_rules(data: Path) -> None:
    (data.parent / "rules" / "warung").rename(data.parent / "rules" / "kedai")


def broken_rules(data: Path) -> None:
    (data.parent / "rules" / "warung" / "rules.yaml").write_text("version: 1\nrules:\n\t- id: x\n")


def same_number(data: Path) -> None:
    write_tenant(data.parent / "rules" / "toko", {"tenant.yaml": SOUND["tenant.yaml"]})


def state(data: Path) -> None:
    change(data, "UPDATE sessions SET status = 'logout', action = 'Scan the QR code.'")


OUTBOX = "UPDATE outbox SET status = '{}', claimed_at = 1, due_at = {}"
TROUBLES: dict[str, tuple[Callable[[Path], None], str]] = {
    "wabot.db is damaged": (garbage, "restart the session"),
    "is set aside as wabot.db.damaged-": (set_aside, "move "),
    "there is no backup in ": (no_backup, "(--output), name that folder by WABOT_BACKUPS"),
    "the newest backup is of 2023-11-1": (old_backup, "is the timer on?"),
    "its write-ahead log has grown to 100 MB": (long_log, "keeps the file open"),
    "a restore was broken off": (broken_off, "start the session"),
    "there is data, but no rules": (no_rules, "put warung back"),
    "1 tenant, 0 rules: 1 error": (broken_rules, "wabot validate"),
    "have the same number (…000)": (same_number, "its own number"),
    "its state is logout": (state, "Scan the QR code."),
    "1 reply being sent for over 10 minutes": (lambda data: change(data, OUTBOX.format("sending", 1)), "wabot outbox"),
    "of 1 reply nobody knows whether it arrived": (
        lambda data: change(data, OUTBOX.format("unknown", RealClock().now())),
        "--i-know-it-did-not-arrive",
    ),
    "1 message set aside in the last 7 days": (
        lambda data: change(data, f"UPDATE inbound_journal SET error = 'x', decided_at = {RealClock().now()}"),
        "a person must answer",
    ),
    "later than now": (
        lambda data: change(data, f"UPDATE inbound_journal SET arrived_at = {RealClock().now() + 3_600_000}"),
        "set the clock right",
    ),
    "its schema 9999 is of a newer wabot": (
        lambda data: change(data, "INSERT INTO migrations VALUES (9999, '9999_future')"),
        "install that version again",
    ),
}


@pytest.mark.parametrize("found", TROUBLES)
def test_a_trouble_is_found_with_what_to_do(data: Path, wabot: Typed, quick: None, found: str) -> None:
    cause, do = TROUBLES[found]
    cause(data)
    code, lines = doctor(wabot, data)
    assert code == 1
    assert [line for line in lines if found in line["found"] and do in line["do"]], lines


def test_a_database_that_cannot_be_opened_is_not_called_damaged(data: Path, wabot: Typed, quick: None) -> None:
    for side in ("-wal", "-shm"):
        (data / "warung" / f"wabot.db{side}").unlink(missing_ok=True)
    (data / "warung" / "wabot.db-wal").mkdir(mode=0o700)  # SQLite cannot open it, whoever runs this
    code, lines = doctor(wabot, data)
    assert code == 1
    told = [line["found"] for line in lines if line["level"] == "fail"]
    assert len(told) == 1
    assert "wabot.db cannot be opened (" in told[0]
    assert "damaged" not in str(lines)


def test_what_others_may_read_is_found_and_mended(data: Path, wabot: Typed, quick: None) -> None:
    (data / "warung").chmod(0o755)
    (data / "warung" / "wabot.db").chmod(0o644)
    code, (line,) = doctor(wabot, data)
    assert code == 1
    assert "others may read" in line["found"]
    assert doctor(wabot, data, "--fix") == (0, [])
    assert stat.S_IMODE((data / "warung").stat().st_mode) == 0o700
    assert stat.S_IMODE((data / "warung" / "wabot.db").stat().st_mode) == 0o600
    assert doctor(wabot, data) == (0, [])


def test_a_damaged_index_is_found_only_by_a_deep_look(data: Path, wabot: Typed, quick: None) -> None:
    with closing(sqlite3.connect(data / "warung" / "wabot.db", isolation_level=None)) as file:
        file.execute("PRAGMA writable_schema = ON")
        file.execute("UPDATE sqlite_master SET sql = replace(sql, 'decided_at IS NULL', 'decided_at > 0')")
    assert doctor(wabot, data) == (0, [])
    code, (line,) = doctor(wabot, data, "--deep")
    assert code == 1
    assert "index journal_undecided" in line["found"]


def test_rules_that_are_nowhere_are_told_and_the_rest_is_looked_at(data: Path, wabot: Typed, quick: None) -> None:
    link(data / "warung" / "keys.db", "6281100000000")
    stray = data.parent / "notes.txt"
    stray.touch()
    for place, said in ((stray, "belongs to no tenant"), (data.parent / "elsewhere", "does not exist")):
        checks = wabot("doctor", place, "--data", data, "--format", "json").data["checks"]
        assert [line for line in checks if line["level"] == "fail" and said in line["found"]], checks
        assert [line for line in checks if "no WHATSAPP_ENCRYPTION_KEY is set" in line["found"]], checks


def test_before_anything_runs_there_is_no_data_to_look_at(tmp_path: Path, wabot: Typed, quick: None) -> None:
    write_tenant(tmp_path / "rules" / "warung")
    assert doctor(wabot, tmp_path / "data") == (0, [])
    assert not (tmp_path / "data").exists()


def test_a_folder_for_backups_that_is_not_there_is_found(
    data: Path, wabot: Typed, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WABOT_BACKUPS", "/nowhere/at/all")
    code, (line,) = doctor(wabot, data)
    assert code == 1
    assert "WABOT_BACKUPS names /nowhere/at/all" in line["found"]


def test_what_waits_is_stuck_only_while_a_session_runs(data: Path, wabot: Typed, quick: None) -> None:
    change(data, "UPDATE inbound_journal SET decided_at = NULL, arrived_at = 1")
    assert doctor(wabot, data) == (0, [])
    held = lock(data / "warung")
    code, (line,) = doctor(wabot, data)
    os.close(held)
    assert code == 1
    assert line["found"] == "1 message undecided for over 10 minutes"


def test_a_nodes_file_that_is_damaged_or_no_file_is_found(data: Path, wabot: Typed, quick: None) -> None:
    node = data / "node.db"
    with closing(sqlite3.connect(node)) as file:
        file.execute("CREATE TABLE accounts (id TEXT)")
    node.chmod(0o600)
    assert doctor(wabot, data) == (0, [])
    assert "node: node.db is whole" in wabot("doctor", data.parent / "rules", "--data", data).out
    node.write_bytes(node.read_bytes()[:4096] + b"\xff" * 4096)
    code, (line,) = doctor(wabot, data)
    assert (code, line["level"], line["where"]) == (1, "fail", "node")
    assert "node.db is damaged" in line["found"] and "wabot restore" in line["do"]
    node.unlink()
    node.mkdir()
    _, (line,) = doctor(wabot, data)
    assert "node.db is no file" in line["found"]


def test_a_secret_that_others_can_read_is_found_and_mended(data: Path, wabot: Typed, quick: None) -> None:
    secret = data / "api.secret"
    secret.write_text("x" * 64)
    secret.chmod(0o644)
    code, (line,) = doctor(wabot, data)
    assert (code, line["where"], "api.secret" in line["found"]) == (1, "node", True)
    assert doctor(wabot, data, "--fix") == (0, [])
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600


def test_an_api_that_does_not_stay_alive_is_found(data: Path, wabot: Typed, quick: None) -> None:
    sign = Sign(data)
    try:
        sign.show(ApiStanding("127.0.0.1:8080", "serving", 0))
        assert doctor(wabot, data) == (0, [])
        sign.show(ApiStanding("127.0.0.1:8080", "restarting", 0, detail="it was killed by signal 9"))
        code, (line,) = doctor(wabot, data)
        assert (code, line["level"], line["where"]) == (1, "fail", "node")
        assert line["found"].endswith("it was killed by signal 9")
    finally:
        sign.end()
    assert doctor(wabot, data) == (0, []), "no daemon serves it"
