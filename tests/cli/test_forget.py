"""What `wabot forget` leaves of a customer: nothing, in no column and in no byte."""

import os
import pty
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli.typed import Typed
from tests.session.stage import ANI, BUDI, JAM, REFUSED, stage
from wabot.model.message import Attachment, Card
from wabot.model.stored import Erased
from wabot.store.sqlite import erase, stored_about

LID, SECRET = "99887766554433", "RAHASIA"
RULES = JAM + (
    "  - {id: gema, trigger: {type: keyword, keywords: [alamat]}, cooldown: 1m, response: 'Alamat {{ name }}'}\n"
    "  - {id: gagal, trigger: {type: keyword, keywords: [resi]}, response: '{{ name[99].x }}'}\n"
)


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    """Budi, whom the shop knows by number and LID, told a secret in every way; Ani is another customer, and Cici's
    number only begins like Budi's."""
    budi: dict[str, Any] = {"phone": BUDI, "lid": LID, "name": f"Budi {SECRET}"}
    async with stage(tmp_path, RULES) as shop:
        await shop.say(f"alamat {SECRET}", BUDI, **budi)
        for number in range(30):  # rows that grow and move leave bytes behind
            await shop.say(f"{SECRET} {number} " + "x" * 20 * number, BUDI, **budi)
        shop.channel.next_error = [REFUSED]
        await shop.say("jam buka?", BUDI, **budi)
        await shop.say(f"resi {SECRET}", BUDI, **budi)
        await shop.say(f"dari grup {SECRET}", "120363", chat_kind="group", **budi)
        await shop.say(SECRET, BUDI, type="reaction", **budi)
        nota = Attachment("image/jpeg", 9, f"{SECRET}.jpg", cards=(Card(SECRET, (BUDI,)),))
        await shop.say(f"foto {SECRET}", BUDI, type="image", media=nota, quoted="A1", **budi)
        await shop.say(f"bukan, {SECRET}", BUDI, type="edit", about="A1", **budi)
        await shop.say(SECRET, BUDI, type="reaction", about="A2", **budi)
        await shop.say(f"saya sendiri {SECRET}", BUDI, from_me=True)
        await shop.say("jam buka?", ANI, name="Ani")
        shop.later(1_000)
        await shop.say(f"teman saya {BUDI}, 0{BUDI[2:]}", ANI, name="Ani")
        card = Attachment(cards=(Card("Budi", (BUDI,)),))
        shop.later(1_000)
        await shop.say("ini nomornya", ANI, name="Ani", type="contact", media=card, id="N1")
        shop.later(1_000)
        await shop.say(f"nomor {BUDI}", ANI, name="Ani", id="N2")
        await shop.say("maaf", ANI, name="Ani", type="edit", about="N2")
        await shop.say("jam buka?", f"{BUDI}7", name="Cici")
    with closing(sqlite3.connect(tmp_path / "data" / "wabot.db", isolation_level=None)) as db:
        for id, chat in db.execute("SELECT id, chat FROM conversations").fetchall():
            said = {BUDI: f"{SECRET} {BUDI}", ANI: f"kenal {BUDI}"}.get(chat, "")
            db.execute("UPDATE conversations SET internal_notes = ? WHERE id = ?", (said, id))
            db.execute("INSERT INTO conversation_notes VALUES (?, 'warung', ?, 'ibu', 'Ibu', ?, 1)", (id, id, said))
    (tmp_path / "stored").mkdir()
    return (tmp_path / "data").rename(tmp_path / "stored" / "warung").parent


def texts(data: Path) -> list[str]:
    """Every value of every column of every table."""
    connection = sqlite3.connect(f"file:{data / 'warung' / 'wabot.db'}?mode=ro", uri=True)
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = [str(value) for table in tables for row in connection.execute(f"SELECT * FROM {table}") for value in row]
    connection.close()
    return found


def files(data: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted((data / "warung").glob("wabot.db*")))


def test_nothing_of_the_customer_stands_in_any_column_or_byte(wabot: Typed, data: Path) -> None:
    assert SECRET.encode() in files(data)
    said = wabot("forget", f"+{BUDI}", "--yes", "--data", data)
    assert said.code == 0, said.err
    for word in (SECRET, LID):
        assert not [text for text in texts(data) if word in text]
        assert word.encode() not in files(data)
    left = [text for text in texts(data) if BUDI in text]
    assert all(f"{BUDI}7" in text for text in left)
    assert files(data).count(BUDI.encode()) == files(data).count(f"{BUDI}7".encode()) > 0
    assert f"0{BUDI[2:]}".encode() not in files(data)


def test_other_customers_keep_their_messages(wabot: Typed, data: Path) -> None:
    wabot("forget", BUDI, "--yes", "--data", data)
    rows = wabot("conversations", "--data", data, "--format", "json").data["conversations"]
    assert {row["name"] for row in rows} == {"Ani", "Cici"}
    said = wabot("conversations", ANI, "--data", data, "--format", "json").data["last_messages"]
    assert [item["text"] for item in said if item["sender"] == "customer"] == [
        "jam buka?",
        "teman saya [forgotten], [forgotten]",
        "ini nomornya",
        "maaf",
    ]
    assert wabot("status", "--data", data, "--format", "json").data["tenants"][0]["contacts"] == 2


def test_a_customer_is_forgotten_by_lid_too_and_beside_an_open_store(wabot: Typed, data: Path) -> None:
    beside = sqlite3.connect(data / "warung" / "wabot.db")
    beside.execute("SELECT COUNT(*) FROM messages").fetchall()
    told = wabot("forget", LID, "--yes", "--tenant", "warung", "--data", data, "--format", "json").data
    assert set(told["names"]) == {BUDI, LID}
    assert SECRET.encode() not in files(data)
    beside.close()


@pytest.mark.parametrize("name", ["", " ", "\t\n"])
def test_an_empty_name_is_nobody_and_erases_nothing(wabot: Typed, data: Path, name: str) -> None:
    before = texts(data)
    for tenant in ([], ["--tenant", "warung"]):
        said = wabot("forget", name, "--yes", "--data", data, *tenant)
        assert said.code == 2 and "this one is empty" in said.err
    assert stored_about(data / "warung", "warung", "") == Erased((), 0, 0, 0)
    assert erase(data / "warung", "warung", "") == Erased((), 0, 0, 0)
    assert texts(data) == before


def test_without_a_terminal_it_must_be_said_that_one_is_sure(wabot: Typed, data: Path) -> None:
    before = texts(data)
    said = wabot("forget", BUDI, "--data", data)
    assert said.code == 2
    assert "--yes" in said.err
    assert texts(data) == before


@pytest.mark.parametrize(("typed", "code", "left"), [("n", 1, True), ("y", 0, False)])
def test_on_a_terminal_it_asks(data: Path, typed: str, code: int, left: bool) -> None:
    master, terminal = pty.openpty()
    os.write(master, f"{typed}\n".encode())
    ran = subprocess.run(
        [sys.executable, "-m", "wabot", "forget", BUDI, "--data", str(data)],
        stdin=terminal,
        capture_output=True,
        text=True,
        check=False,
    )
    os.close(master)
    os.close(terminal)
    assert ran.returncode == code
    assert "for good?" in ran.stderr
    assert (SECRET.encode() in files(data)) == left


def test_who_is_not_known_exits_2_with_the_nearest(wabot: Typed, data: Path) -> None:
    said = wabot("forget", "6281200000", "--yes", "--data", data)
    assert said.code == 2
    assert f"did you mean `{BUDI[:-1]}" in said.err
    assert wabot("forget", BUDI, "--yes", "--data", data).code == 0
    assert wabot("forget", BUDI, "--yes", "--tenant", "warung", "--data", data).code == 2
