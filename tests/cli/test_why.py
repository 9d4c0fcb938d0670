"""What `wabot why` tells of messages that a session has decided."""

from pathlib import Path

import pytest

from tests.cli.typed import Typed
from tests.session.stage import ANI, BUDI, JAM, stage
from tests.session.test_set_aside import Loaded
from wabot.model.message import Message
from wabot.store.sqlite import open_store

RULES = JAM + (
    "  - {id: resi, trigger: {type: keyword, keywords: [resi]}, response: '{{ name[5].x }}'}\n"
    "  - {id: harga, trigger: {type: keyword, keywords: [harga]}, cooldown: 10m, response: Mulai 15 ribu.}\n"
)


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    """The data of a tenant, `warung`, whose session has ended after a few messages."""
    async with stage(tmp_path, RULES) as shop:
        await shop.say("jam buka?", id="A1")
        await shop.say("harga?", id="A2")
        await shop.say("harga?", id="A3")
        await shop.say("resi?", id="A4", name="")
        await shop.say("jam buka?", ANI, id="A1")
        await shop.say("saya saja", id="A6", from_me=True)
        await shop.say("halo semua", "GRUP", id="A7", chat_kind="group")
        await shop.store.journal([Message("A8", ANI, "belum", phone=ANI, sent_at=1)], shop.clock.now())
    (tmp_path / "stored").mkdir()
    return (tmp_path / "data").rename(tmp_path / "stored" / "warung").parent


def test_a_message_tells_its_rule_its_reply_and_what_became_of_it(wabot: Typed, data: Path) -> None:
    said = wabot("why", "A2", "--data", data)
    assert said.code == 0
    assert "answered by harga" in said.out
    assert "│ Mulai 15 ribu." in said.out
    assert "  sent 2026-01-28" in said.out
    assert "jam-buka  no_match" in said.out


def test_a_silence_tells_what_held_each_rule_back(wabot: Typed, data: Path) -> None:
    said = wabot("why", "A3", "--data", data)
    assert "not answered: cooldown" in said.out
    assert "harga     cooldown:10m" in said.out


def test_a_text_that_failed_tells_its_error(wabot: Typed, data: Path) -> None:
    told = wabot("why", "A4", "--data", data, "--format", "json").data
    (answer,) = told["answers"]
    assert (answer["rule"], answer["reply"]) == ("resi", None)
    assert answer["error"]
    assert answer["error"] in wabot("why", "A4", "--data", data).out


def test_an_id_of_two_messages_lists_them_and_our_own_id_names_one(wabot: Typed, data: Path) -> None:
    said = wabot("why", "A1", "--data", data)
    assert said.code == 2
    assert "`A1` is the id of 2 messages" in said.err
    own = next(line for line in said.err.splitlines() if f"chat {ANI}" in line).split()[2]
    told = wabot("why", own, "--data", data, "--format", "json").data
    assert (told["message"]["chat"], told["message"]["wa_id"]) == (ANI, "A1")
    reply = told["answers"][0]["outbox"]["id"]
    assert wabot("why", reply, "--data", data, "--format", "json").data["message"]["wa_id"] == "A1"


@pytest.mark.parametrize(
    ("key", "why"),
    [("A6", "not answered: from_me"), ("A7", "not answered: not_a_direct_chat"), ("A8", "not decided yet")],
)
def test_what_no_rule_was_asked_about_is_told_too(wabot: Typed, data: Path, key: str, why: str) -> None:
    assert why in wabot("why", key, "--data", data).out


def test_the_last_message_is_a_customers_of_all_chats_or_of_one(wabot: Typed, data: Path) -> None:
    assert wabot("why", "--last", "--data", data, "--format", "json").data["message"]["wa_id"] in ("A4", "A8")
    budi = f"+{BUDI[:2]} {BUDI[2:]}"
    assert wabot("why", "--last", budi, "--data", data, "--format", "json").data["message"]["wa_id"] == "A4"


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (["why"], 2, "--last"),
        (["why", "B1"], 2, "there is no message `B1`"),
        (["why", "--last", "6281200000009"], 2, "did you mean `628120000000"),
        (["why", "A1", "--tenant", "warun"], 2, "did you mean `warung`?"),
    ],
)
def test_what_is_not_there_is_said_with_what_is(
    wabot: Typed, data: Path, words: list[str], code: int, why: str
) -> None:
    said = wabot(*words, "--data", data)
    assert said.code == code
    assert why in said.err


def test_a_store_that_cannot_be_read_exits_3(wabot: Typed, tmp_path: Path) -> None:
    (tmp_path / "data" / "warung").mkdir(parents=True)
    (tmp_path / "data" / "warung" / "wabot.db").write_text("this is no database " * 100)
    said = wabot("why", "--last", "--data", tmp_path / "data")
    assert said.code == 3
    assert "is damaged" in said.err


async def test_nobody_has_written_yet(wabot: Typed, tmp_path: Path) -> None:
    await open_store(tmp_path / "data" / "warung", "warung").close()
    said = wabot("why", "--last", "--data", tmp_path / "data")
    assert (said.code, said.err) == (2, "wabot: no customer has written yet\n")


async def test_a_message_that_was_set_aside_tells_the_error_that_kept_it_from_being_decided(
    wabot: Typed, tmp_path: Path
) -> None:
    deadly = JAM.replace("jam-buka", "racun").replace("jam buka", "racun").replace("response", "delay: 7s, response")
    async with stage(tmp_path, deadly, hurry=False, chance=Loaded()) as shop:
        await shop.say("racun", id="P1")
    (tmp_path / "stored").mkdir()
    data = (tmp_path / "data").rename(tmp_path / "stored" / "warung").parent
    failure = wabot("why", "P1", "--data", data, "--format", "json").data["failure"]
    assert failure.startswith("Traceback")
    assert "RuntimeError: boom" in failure
    said = wabot("why", "P1", "--data", data).out
    assert "not answered: set_aside" in said
    assert "    RuntimeError: boom" in said
