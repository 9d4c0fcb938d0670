"""`wabot conversations CHAT` shows what came beside plain text, and what was said about a message later."""

from pathlib import Path

import pytest

from tests.cli.typed import Typed
from tests.session.stage import BUDI, JAM, stage
from wabot.model.history import History
from wabot.model.message import Attachment, Card, Message
from wabot.model.turn import Receipt
from wabot.store.sqlite import reading


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    async with stage(tmp_path, JAM) as shop:
        await shop.say("jam buka?")
        shop.later(1_000)
        photo = Attachment("image/jpeg", 120_400, "foto\n.jpg", seconds=3)
        await shop.say("yang ini", type="image", media=photo, quoted="A1", forwarded=5)
        shop.later(1_000)
        await shop.say("", type="location", media=Attachment(latitude=-6.9, longitude=107.6, place="Toko"))
        shop.later(1_000)
        await shop.say("", type="contact", media=Attachment(cards=(Card("Ani", ("62812",)),)))
        shop.later(1_000)
        await shop.say("pin 4321")
        await shop.say("yang itu", type="edit", about="A2")
        await shop.say("", type="revoke", about="A5")
        await shop.say("👍", type="reaction", about="A1", from_me=True)
        assert shop.told.reasons[-3:] == ["not_a_message", "not_a_message", "from_me"]
        assert shop.replies == ["Kami buka kak."]
        await shop.say("jam buka?")
        assert len(shop.replies) == 2  # the shop's own reaction paused nothing
    (tmp_path / "stored").mkdir()
    return (tmp_path / "data").rename(tmp_path / "stored" / "warung").parent


def test_quotes_media_edits_reactions_forwards_and_what_was_taken_back_are_shown(wabot: Typed, data: Path) -> None:
    lines = wabot("conversations", BUDI, "--data", data).out.splitlines()
    assert "  customer   new, 1 conversation, 6 received, 2 sent, since 2026-01-28" in lines
    shown = [line.strip().removeprefix("│ ") for line in lines if "│" in line]
    assert shown[:2] == ["jam buka?", "👍 cs"]
    assert shown[3:5] == ["> jam buka?", "[image  image/jpeg  120 kB  3 s  foto .jpg]"]
    assert shown[5:7] == ["[forwarded 5 times]", "yang itu"]
    assert shown[7].startswith("(before 2026-01-28 ")
    assert shown[7].endswith(": yang ini)")
    assert "[location  Toko  -6.90000, 107.60000]" in shown
    assert "[contact  Ani 62812]" in shown
    assert "(deleted)" in shown
    assert not [line for line in lines if "4321" in line]


def test_machines_get_the_same(wabot: Typed, data: Path) -> None:
    one = wabot("conversations", BUDI, "--data", data, "--format", "json").data
    assert (one["contact"]["segment"], one["contact"]["received"], one["contact"]["sent"]) == ("new", 6, 2)
    told = one["last_messages"]
    by_id = {said["wa_id"]: said for said in told}
    two, five = by_id["A2"], by_id["A5"]
    assert (two["quoted"], two["forwarded"], two["edits"][0]["text"]) == ("A1", 5, "yang ini")
    assert (two["media"]["mime"], two["media"]["size"], two["media"]["seconds"]) == ("image/jpeg", 120_400, 3)
    assert by_id["A4"]["media"]["cards"] == [{"name": "Ani", "numbers": ["62812"]}]
    assert by_id["A1"]["reactions"] == [{"from": "cs", "text": "👍"}]
    assert five["text"] == ""
    assert five["revoked_at"] > 0
    assert (by_id["A1"]["media"], by_id["A1"]["revoked_at"]) == (None, None)


async def test_why_tells_of_replies_by_whatsapps_id_and_of_the_history(wabot: Typed, tmp_path: Path) -> None:
    async with stage(tmp_path, JAM) as shop:
        await shop.say("jam buka?")
        assert shop.channel.inbox is not None
        with reading(tmp_path / "data", "warung") as store:
            [reply] = [said for said in store.messages(BUDI, 9) if said.sender == "auto_reply"]
        await shop.channel.inbox.receipt(Receipt(reply.id, "sent", 1, BUDI, "W1"))
        old = Message("H1", BUDI, "dulu", phone=BUDI, sent_at=shop.clock.now() - 1_000)
        await shop.channel.inbox.history(History((old,)))
    (tmp_path / "stored").mkdir()
    data = (tmp_path / "data").rename(tmp_path / "stored" / "warung").parent
    for word in ("A1", "W1", reply.id):
        told = wabot("why", word, "--data", data, "--format", "json")
        assert (told.code, told.data["message"]["wa_id"]) == (0, "A1")
    assert "not answered: imported" in wabot("why", "H1", "--data", data).out
