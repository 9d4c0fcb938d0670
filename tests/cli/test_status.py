"""What `wabot status` makes of data folders; those of real daemons are in tests/acceptance."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.typed import Typed
from tests.store.turns import CHAT, allowed, answered, message
from wabot.model.alert import Alert
from wabot.model.turn import Receipt
from wabot.session.clock import RealClock
from wabot.store.sqlite import open_store


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two tenants whose data is sound, between them three whose files are damaged."""
    for name in ("apotek", "warung"):
        asyncio.run(open_store(tmp_path / name, name).close())
    for name, content in (("bengkel", b"this is no database, and never was one"), ("toko", b"")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "wabot.db").write_bytes(content)
    asyncio.run(open_store(tmp_path / "kedai", "kedai").close())
    file = tmp_path / "kedai" / "wabot.db"
    whole = file.read_bytes()
    file.write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))
    return tmp_path


def test_a_damaged_file_hides_no_other_tenant(data: Path, wabot: Typed) -> None:
    said = wabot("status", "--data", data)
    assert said.code == 3
    heads = [block.splitlines()[0] for block in said.out.split("\n\n")]
    assert [head.split()[0] for head in heads] == ["apotek", "bengkel", "kedai", "toko", "warung"]
    assert [" is damaged (" in head for head in heads] == [False, True, True, False, False]
    assert " holds no data yet" in heads[3], "an empty file is one that a session is about to fill"
    assert said.err == ""


def test_a_damaged_file_is_an_error_of_its_tenant_for_machines(data: Path, wabot: Typed) -> None:
    said = wabot("status", "--data", data, "--format", "json")
    assert said.code == 3
    tenants = {tenant["tenant"]: tenant for tenant in json.loads(said.out)["tenants"]}
    assert {name for name, tenant in tenants.items() if "error" in tenant} == {"bengkel", "kedai", "toko"}
    assert tenants["warung"]["received"] == 0
    assert wabot("status", "--data", data, "--tenant", "warung").code == 0


def test_a_number_that_answers_nobody_new_says_until_when_and_how_to_end_it(tmp_path: Path, wabot: Typed) -> None:
    async def restricted() -> None:
        store, now = open_store(tmp_path / "warung", "warung"), RealClock().now()
        await store.restraints.stop_first_contacts("6281100000000", now, now + 3_600_000, Alert("restricted", "…"))
        await store.close()

    asyncio.run(restricted())
    said = wabot("status", "--data", tmp_path).out
    assert "restricted until " in said
    assert "`wabot resume warung` lets the bot try again" in said
    (session,) = json.loads(wabot("sessions", "--data", tmp_path, "--format", "json").out)["sessions"]
    assert (
        session["restricted_until"]
        == json.loads(wabot("status", "--data", tmp_path, "--format", "json").out)["tenants"][0][
            "first_contacts_stopped_until"
        ]
    )
    assert wabot("resume", "warung", "--data", tmp_path).code == 0
    (session,) = json.loads(wabot("sessions", "--data", tmp_path, "--format", "json").out)["sessions"]
    assert session["restricted_until"] is None
    assert "restricted until " not in wabot("status", "--data", tmp_path).out


def test_a_reply_that_reached_no_phone_is_told_by_status_outbox_and_doctor(tmp_path: Path, wabot: Typed) -> None:
    async def answer() -> None:
        store, at = open_store(tmp_path / "warung", "warung"), RealClock().now() - 3_600_000
        await store.record(answered(message(1, sent_at=at), at=at, due=at))
        [row] = await store.queued()
        await store.claim(row, row.due, allowed)
        await store.receipt(Receipt(row.id, "sent", at, CHAT, "W1"))
        await store.finish(row, "sent", at)
        await store.record(answered(message(2, sent_at=at + 60_000), at=at + 60_000, replies=()))
        await store.close()

    asyncio.run(answer())
    assert "undelivered  1 reply: look at the chats" in wabot("status", "--data", tmp_path).out
    told = json.loads(wabot("status", "--data", tmp_path, "--format", "json").out)["tenants"]
    assert told[0]["undelivered"] == 1
    (row,) = json.loads(wabot("outbox", "--data", tmp_path, "--format", "json").out)["outbox"]
    assert (row["status"], row["error"]) == ("sent", "no phone has confirmed it, though the customer has written since")
    assert "1 reply reached no phone" in wabot("doctor", "--data", tmp_path).out


def test_a_file_of_an_older_version_is_told_without_what_it_cannot_hold(tmp_path: Path, wabot: Typed) -> None:
    asyncio.run(open_store(tmp_path / "warung", "warung").close())
    with closing(sqlite3.connect(tmp_path / "warung" / "wabot.db")) as db:
        db.execute("DROP TABLE restraints")
        db.execute("DELETE FROM migrations WHERE number = 21")
        db.commit()
    (told,) = json.loads(wabot("status", "--data", tmp_path, "--format", "json").out)["tenants"]
    assert told["first_contacts_stopped_until"] is None


def test_who_is_quicker_than_a_session_that_begins_is_told_to_try_again(wabot: Typed, tmp_path: Path) -> None:
    (tmp_path / "data" / "warung").mkdir(parents=True)
    (tmp_path / "data" / "warung" / "lock").touch()
    said = wabot("operator", "add", "sari@warung.id", "--tenant", "warung", "--data", tmp_path / "data")
    assert said.code == 2
    assert "its session is about to begin; try again" in said.err
