"""History: stored and counted as if wabot had been there, once, and answered never."""

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.store.turns import CHAT, NOW, answered, message, silent
from wabot.model.history import MOST, History
from wabot.model.message import Attachment, Message
from wabot.store.sqlite import SqliteStore, reading

DAY, HOUR = 86_400_000, 3_600_000


def old(number: int, text: str = "dulu", *, ago: int = DAY, **more: Any) -> Message:
    return replace(message(number, text, **more), id=f"H{number}", sent_at=NOW - ago)


def past() -> tuple[Message, ...]:
    """Two of the customer's, one of the shop's, over three days; and what is none of the store's business."""
    return (
        old(1, "halo", ago=3 * DAY),
        old(2, "ada kak", ago=3 * DAY - HOUR, from_me=True, name=""),
        old(3, "ini", ago=DAY, type="image", media=Attachment("image/jpeg", 5), quoted="H1", forwarded=1),
        old(4, "👍", ago=DAY - HOUR, type="reaction", about="H3", from_me=True),
        old(5, "grup", chat="120363", chat_kind="group"),
        old(6, "", type="poll_vote"),
    )


def contact(folder: Path) -> dict[str, Any]:
    db = sqlite3.connect(folder / "wabot.db")
    db.row_factory = sqlite3.Row
    [row] = db.execute("SELECT * FROM contacts").fetchall()
    db.close()
    return dict(row)


def everything(folder: Path) -> list[Any]:
    db = sqlite3.connect(folder / "wabot.db")
    tables = sorted(name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'"))
    rows = [(table, row) for table in tables for row in db.execute(f"SELECT * FROM {table}")]
    db.close()
    return rows


async def test_imported_messages_are_there_counted_read_and_answered_by_nobody(
    store: SqliteStore, folder: Path
) -> None:
    assert await store.imports.add(History(past()), NOW) == 3
    known = (await store.context(message(9), NOW)).conversation
    assert (known.earlier_messages, known.last_contact) == (2, NOW - DAY)
    with reading(folder, "warung") as stored:
        [chat] = stored.conversations()
        said = stored.messages(CHAT, 50)
    assert (chat.unread, chat.messages, chat.last_text, chat.last_at) == (0, 3, "ini", NOW - DAY)
    assert [(item.sender, item.text, item.imported) for item in said] == [
        ("customer", "halo", True),
        ("cs", "ada kak", True),
        ("customer", "ini", True),
    ]
    assert (said[2].media, said[2].quoting, said[2].reactions) == (Attachment("image/jpeg", 5), "halo", (("cs", "👍"),))
    one = contact(folder)
    assert (one["first_contact_at"], one["last_contact_at"]) == (NOW - 3 * DAY, NOW - DAY)
    assert (one["total_messages_received"], one["total_messages_sent"], one["total_conversations"]) == (2, 1, 2)
    summary = await store.summary()
    assert (summary.contacts, summary.received, summary.waiting, summary.by_reason) == (1, 2, 0, {})
    assert await store.queued() == []
    assert await store.undecided() == []


async def test_the_same_history_twice_changes_nothing(store: SqliteStore, folder: Path) -> None:
    await store.record(answered(message(1)))
    part = History(past(), {CHAT: "Budi Lama"})
    await store.imports.add(part, NOW)
    before = everything(folder)
    assert await store.imports.add(part, NOW + 5) == 0
    await store.imports.add(History(past()[::-1]), NOW + 5)
    assert everything(folder) == before


async def test_the_order_in_which_parts_come_does_not_matter(store: SqliteStore, folder: Path) -> None:
    for single in past()[::-1]:
        await store.imports.add(History((single,)), NOW)
    one = contact(folder)
    assert (one["first_contact_at"], one["last_contact_at"]) == (NOW - 3 * DAY, NOW - DAY)
    assert (one["total_messages_received"], one["total_messages_sent"], one["total_conversations"]) == (2, 1, 2)
    with reading(folder, "warung") as stored:
        assert stored.conversations()[0].last_text == "ini"


async def test_history_changes_nothing_of_what_came_live(store: SqliteStore, folder: Path) -> None:
    await store.record(answered(message(1, "sekarang"), tags=frozenset({"tanya"}), priority="high", pending=True))
    await store.imports.add(History(past()), NOW)
    with reading(folder, "warung") as stored:
        [chat] = stored.conversations()
    assert (chat.last_text, chat.last_at, chat.unread, chat.status) == ("sekarang", NOW, 1, "pending")
    assert (chat.messages, tuple(chat.tags), chat.priority) == (4, ("tanya",), "high")
    assert len(await store.queued()) == 1


async def test_a_message_that_came_live_and_again_in_history_is_one(store: SqliteStore) -> None:
    live = message(1)
    await store.journal([live], NOW)
    await store.record(silent(live))
    waiting = message(2)
    await store.journal([waiting], NOW)
    assert await store.imports.add(History((live, waiting, replace(live, id="H1"))), NOW) == 1
    await store.record(silent(waiting))
    known = (await store.context(message(3), NOW)).conversation
    assert known.earlier_messages == 3
    assert (await store.summary()).contacts == 1


async def test_a_message_that_comes_live_after_its_import_is_one_and_not_its_own_past(
    store: SqliteStore, folder: Path
) -> None:
    await store.imports.add(History((message(1), old(2, "ya", from_me=True))), NOW)
    await store.journal([message(1)], NOW)
    fresh = await store.context(message(1), NOW)
    assert (fresh.conversation.earlier_messages, fresh.conversation.last_contact, fresh.duplicate) == (0, None, False)
    await store.record(answered(message(1)))
    assert len(await store.queued()) == 1
    one = contact(folder)
    assert (one["total_messages_received"], one["total_messages_sent"]) == (1, 1)
    with reading(folder, "warung") as stored:
        [chat] = stored.conversations()
        [said] = [item for item in stored.messages(CHAT, 9) if item.wa_id == "A1"]
    assert (chat.messages, chat.unread, said.imported) == (2, 1, False)


async def test_a_message_that_comes_under_both_names_of_its_chat_is_a_duplicate(store: SqliteStore) -> None:
    first = message(1)
    await store.journal([first], NOW)
    await store.record(silent(first))
    again = message(1, chat="L7", lid="L7")
    assert await store.journal([again], NOW)  # the journal knows chats by their names
    assert (await store.context(again, NOW)).duplicate
    await store.record(silent(again, "duplicate"))
    assert (await store.summary()).waiting == 0


async def test_customers_who_turn_out_to_be_one_have_each_message_once(store: SqliteStore, folder: Path) -> None:
    by_lid = [replace(one, chat="L7", lid="L7", phone="") for one in past()[:3]]
    await store.imports.add(History(tuple(by_lid)), NOW)
    await store.imports.add(History(past()[:3]), NOW)
    await store.context(message(7, chat="L7", lid="L7"), NOW)  # bears both names: merges
    one = contact(folder)
    assert (one["total_messages_received"], one["total_messages_sent"]) == (2, 1)
    known = (await store.context(message(8), NOW)).conversation
    assert known.earlier_messages == 2
    with reading(folder, "warung") as stored:
        assert [chat.messages for chat in stored.conversations()] == [3]


async def test_names_from_the_phone_are_for_customers_who_have_told_none(store: SqliteStore) -> None:
    await store.record(silent(message(1)))
    await store.record(silent(message(2, chat="628999", phone="628999", name="")))
    await store.imports.add(History(names={CHAT: "Pak RT", "628999": "Ani", "628000": "?"}), NOW)
    assert (await store.context(message(3, name=""), NOW)).contact.name == "Budi"
    assert (await store.context(message(4, chat="628999", phone="628999", name=""), NOW)).contact.name == "Ani"
    assert (await store.summary()).contacts == 2


async def test_a_long_history_is_many_short_transactions(store: SqliteStore) -> None:
    before = store.commits
    many = tuple(old(number, ago=DAY - number) for number in range(3 * MOST))
    assert await store.imports.add(History(many), NOW) == 3 * MOST
    assert store.commits - before == 3


async def test_only_who_has_written_may_be_written_to_after_an_import_as_well(store: SqliteStore) -> None:
    await store.record(answered(message(1)))
    [row] = await store.queued()
    shop = [old(1, from_me=True, chat="628999", phone="628999"), old(2, chat="628777", phone="628777")]
    await store.imports.add(History(tuple(shop)), NOW)
    assert not (await store.facts(replace(row, chat="628999"), NOW)).customer_wrote
    assert (await store.facts(replace(row, chat="628777"), NOW)).customer_wrote
