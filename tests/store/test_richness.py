"""What comes in beside plain text, and what is said later about a message: kept with it, in one place."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.store.turns import CHAT, NOW, answered, message, silent
from wabot.model.message import Attachment, Card, Message
from wabot.model.stored import StoredMessage
from wabot.store.sqlite import SqliteStore, reading

FILE = Attachment("image/jpeg", 120_000, "../../foto.jpg", source="abc")


async def take(store: SqliteStore, *events: Message) -> None:
    for one in events:
        await store.journal([one], NOW)
        await store.record(silent(one, "from_me" if one.from_me else "no_match"))


def event(number: int, kind: str, about: str, text: str = "", **more: Any) -> Message:
    return message(number, text, type=kind, about=about, **more)


def said(folder: Path) -> dict[str, StoredMessage]:
    with reading(folder, "warung") as store:
        return {item.wa_id or item.id: item for item in store.messages(CHAT, 50)}


async def test_a_message_keeps_what_it_quotes_how_often_it_was_forwarded_and_its_media(
    store: SqliteStore, folder: Path
) -> None:
    place = Attachment(latitude=-6.9, longitude=107.6, place="Toko", cards=(Card("Ani", ("62812",)),))
    await take(
        store,
        message(1),
        message(2, "yang ini", quoted="A1", forwarded=5, type="image", media=FILE),
        message(3, "", type="location", media=place),
        message(4, "?", quoted="A99"),
    )
    found = said(folder)
    assert (found["A2"].quoted, found["A2"].quoting, found["A2"].forwarded) == ("A1", "jam buka?", 5)
    assert found["A2"].media == FILE
    assert found["A3"].media == place
    assert (found["A4"].quoted, found["A4"].quoting) == ("A99", "")


async def test_the_journal_gives_every_field_back_and_reads_what_an_older_wabot_wrote(
    store: SqliteStore, folder: Path
) -> None:
    rich = message(1, "ini", type="image", quoted="Q", forwarded=2, about="B", media=FILE)
    await store.journal([rich], NOW)
    await store.journal([message(2)], NOW)
    with sqlite3.connect(folder / "wabot.db") as db:
        old = (
            '{"id": "A3", "chat": "1", "text": "halo", "type": "text", "chat_kind": "direct", "from_me": false, '
            '"phone": "1", "lid": "", "name": "Budi", "sent_at": 5}'
        )
        db.execute("INSERT INTO inbound_journal VALUES ('warung', '1', 'A3', ?, 5, 9, NULL, 0, '')", (old,))
    db.close()
    older = Message("A3", "1", "halo", phone="1", name="Budi", sent_at=5)
    assert await store.undecided() == [rich, message(2), older]


async def test_an_edit_changes_the_text_and_keeps_what_was_said_before(store: SqliteStore, folder: Path) -> None:
    await take(
        store,
        message(1),
        event(2, "edit", "A1", "jam tutup?", sent_at=NOW + 1),
        event(3, "edit", "A1", "tutup jam?", sent_at=NOW + 2),
        event(4, "edit", "A1", "tutup jam?", sent_at=NOW + 3),
    )
    one = said(folder)["A1"]
    assert (one.text, one.edits) == ("tutup jam?", (("jam buka?", NOW + 1), ("jam tutup?", NOW + 2)))
    with reading(folder, "warung") as stored:
        assert [item.last_text for item in stored.conversations()] == ["tutup jam?"]


async def test_what_was_taken_back_is_nowhere_any_more_but_its_place(store: SqliteStore, folder: Path) -> None:
    secret = message(1, "pin saya 4321", type="image", media=FILE)
    await store.journal([secret], NOW)
    await store.record(answered(secret))
    await take(store, event(2, "edit", "A1", "pin saya 4321!"), event(3, "revoke", "A1"))
    one = said(folder)["A1"]
    assert (one.text, one.edits, one.media, one.revoked) == ("", (), None, NOW)
    with sqlite3.connect(folder / "wabot.db") as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        values = [str(value) for table in tables for row in db.execute(f"SELECT * FROM {table}") for value in row]
    db.close()
    assert not [value for value in values if "4321" in value or "foto.jpg" in value]
    with reading(folder, "warung") as stored:
        assert stored.conversations()[0].messages == 1
        assert stored.conversations()[0].last_text == ""


async def test_each_side_has_one_reaction_to_a_message_and_may_take_it_back(store: SqliteStore, folder: Path) -> None:
    await take(
        store,
        message(1),
        event(2, "reaction", "A1", "👍"),
        event(3, "reaction", "A1", "❤️"),
        event(4, "reaction", "A1", "🙏", from_me=True),
    )
    assert said(folder)["A1"].reactions == (("customer", "❤️"), ("cs", "🙏"))
    await take(store, event(5, "reaction", "A1", ""))
    assert said(folder)["A1"].reactions == (("cs", "🙏"),)


async def test_a_reply_of_the_bots_goes_by_the_stores_id(store: SqliteStore, folder: Path) -> None:
    turn = answered(message(1))
    await store.record(turn)
    reply = turn.replies[0].id
    await take(store, event(2, "reaction", reply, "👍"), message(3, "jam itu?", quoted=reply))
    assert said(folder)[reply].reactions == (("customer", "👍"),)
    assert said(folder)["A3"].quoting == "Kami buka kak."


@pytest.mark.parametrize(
    ("kind", "from_me"),
    [("edit", True), ("revoke", True)],
)
async def test_nobody_edits_or_takes_back_what_the_other_side_wrote(
    store: SqliteStore, folder: Path, kind: str, from_me: bool
) -> None:
    await take(store, message(1), message(2, "kami buka", from_me=True))
    before = said(folder)
    await take(store, event(3, kind, "A1", "x", from_me=from_me), event(4, kind, "A2", "x", from_me=not from_me))
    assert said(folder) == before


async def test_an_event_about_a_message_that_is_not_stored_changes_nothing(store: SqliteStore, folder: Path) -> None:
    await store.journal([message(9)], NOW)  # still waiting to be decided
    await take(store, event(1, "revoke", "A9"), event(2, "edit", "A9", "x"), event(3, "reaction", "", "x"))
    assert (await store.undecided()) == [message(9)]
    assert (await store.summary()).contacts == 0
    await take(store, message(9))
    assert said(folder)["A9"].text == "jam buka?"


async def test_events_count_for_no_conversation_and_pause_none(store: SqliteStore) -> None:
    await take(store, message(1))
    await take(store, event(2, "edit", "A1", "x"), event(3, "reaction", "A1", "👍", from_me=True))
    known = (await store.context(message(4), NOW)).conversation
    assert (known.earlier_messages, known.paused_until) == (1, None)


async def test_a_customer_who_reacts_under_another_name_is_the_same_customer(store: SqliteStore, folder: Path) -> None:
    await take(store, message(1))
    await take(store, event(2, "reaction", "A1", "👍", chat="L7", lid="L7"))
    assert said(folder)["A1"].reactions == (("customer", "👍"),)


async def test_json_of_edits_survives_quotes_and_emoji(store: SqliteStore, folder: Path) -> None:
    await take(store, message(1, 'kata "dia" 🙂'), event(2, "edit", "A1", "x"))
    assert said(folder)["A1"].edits[0][0] == json.loads('"kata \\"dia\\" 🙂"')
