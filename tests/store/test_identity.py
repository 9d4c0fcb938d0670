"""A customer who is seen by LID here and by phone number there is one contact with one conversation."""

import asyncio
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.blank import lay
from tests.examples import examples
from tests.store.turns import NOW, allowed, answered, message, silent
from wabot.model.context import WHOLE_CONTACT, OpenMenu, Usage
from wabot.model.turn import Receipt
from wabot.store.sqlite import SqliteStore, open_store

LID, PHONE = "99000000000001", "6281200000001"
BY_LID = {"chat": LID, "lid": LID, "phone": ""}
BY_PHONE = {"chat": PHONE, "lid": "", "phone": PHONE}
BOTH = {"chat": LID, "lid": LID, "phone": PHONE}


async def test_cooldowns_counts_tags_and_menus_of_both_are_known_from_the_message_on_that_joins_them(
    store: SqliteStore,
) -> None:
    menu = OpenMenu("sambutan", NOW + 60_000)
    await store.record(answered(message(1, **BY_LID), tags=frozenset({"a"}), menu=menu))
    await store.record(answered(message(2, **BY_PHONE), at=NOW + 5, tags=frozenset({"b"}), priority="high"))
    assert (await store.summary()).contacts == 2
    joined = await store.context(message(3, **BOTH), NOW + 10)
    assert joined.usage == {
        "jam-buka": Usage(NOW + 5, "2026-01-28", 2),
        WHOLE_CONTACT: Usage(NOW + 5, "2026-01-28", 2),
    }
    chat = joined.conversation
    assert (chat.earlier_messages, chat.tags, chat.priority) == (2, frozenset({"a", "b"}), "high")
    assert chat.menu == menu
    assert (joined.contact.phone, (await store.summary()).contacts) == (PHONE, 1)


async def test_replies_that_wait_keep_their_chat_and_may_go_out_and_their_receipts_count(store: SqliteStore) -> None:
    await store.record(answered(message(1, **BY_LID)))
    await store.record(answered(message(2, **BY_PHONE)))
    await store.record(silent(message(3, **BOTH)))
    rows = await store.queued()
    assert sorted(row.chat for row in rows) == sorted((LID, PHONE))
    for row in rows:
        assert (await store.facts(row, NOW + 2_000)).customer_wrote
        assert (await store.claim(row, row.due, allowed)).claimed
        await store.finish(row, "sent", NOW)
        await store.receipt(Receipt(row.id, "read", NOW))
    assert (await store.summary()).outbox == {"read": 2}


async def test_a_person_who_takes_the_chat_over_under_one_name_cancels_what_waits_under_the_other(
    store: SqliteStore,
) -> None:
    await store.record(answered(message(1, **BOTH)))
    await store.record(answered(message(2, **BY_PHONE)))
    await store.record(silent(message(3, **BY_LID, from_me=True), "from_me", pause_until=NOW + 9))
    assert await store.queued() == []
    assert (await store.context(message(4, **BY_PHONE), NOW)).conversation.paused_until == NOW + 9


async def test_two_numbers_are_two_people_whatever_else_they_share(store: SqliteStore) -> None:
    await store.record(silent(message(1, **BOTH)))
    await store.record(silent(message(2, chat="6281200000002", phone="6281200000002", lid="")))
    await store.record(silent(message(3, chat="6281200000002", phone="6281200000002", lid=LID)))
    assert (await store.summary()).contacts == 2


async def test_a_message_that_came_under_both_names_is_kept_twice_and_breaks_nothing(store: SqliteStore) -> None:
    await store.record(silent(message(1, **BY_LID)))
    await store.record(silent(message(1, **BY_PHONE)))
    assert (await store.context(message(2, **BOTH), NOW)).conversation.earlier_messages == 2


SIGHTINGS = [
    {"chat": chat, "lid": lid, "phone": phone} for chat in (LID, PHONE) for lid in ("", LID) for phone in ("", PHONE)
]


@examples(60)
@given(
    seen=st.lists(st.sampled_from(SIGHTINGS), min_size=1, max_size=7),
    strangers=st.booleans(),
)
def test_in_whatever_order_a_customer_is_seen_nothing_is_lost_and_both_names_lead_to_one(
    seen: Sequence[dict[str, str]], strangers: bool
) -> None:
    async def play(place: Path) -> None:
        store = open_store(lay(place), "warung")
        if strangers:
            await store.record(answered(message(900, chat="628999", phone="628999", lid="98000")))
        # Until a message bears both names, nobody can know; the last one does.
        for number, names in enumerate([*seen, BOTH], 1):
            said = message(number, **names)
            before = await store.context(said, NOW + number)
            used = before.usage.get("jam-buka", Usage(NOW, "2026-01-28", 0))
            more = {"jam-buka": Usage(NOW + number, used.day, used.count + 1)}
            await store.record(answered(said, at=NOW + number, usage=more, tags=frozenset({f"t{number}"})))
        count = len(seen) + 1
        for names in (BY_LID, BY_PHONE, BOTH):
            known = await store.context(message(99, **names), NOW + 100)
            assert known.conversation.earlier_messages == count
            assert known.usage["jam-buka"] == Usage(NOW + count, "2026-01-28", count)
            assert known.conversation.tags == {f"t{number}" for number in range(1, count + 1)}
        summary = await store.summary()
        assert (summary.contacts, summary.received) == (1 + strangers, count + strangers)
        assert len(await store.queued()) == count + strangers
        await store.close()
        connection = sqlite3.connect(place / "wabot.db")
        assert connection.execute("SELECT COUNT(*) FROM conversations").fetchone() == (1 + strangers,)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        connection.close()

    with tempfile.TemporaryDirectory() as place:
        asyncio.run(play(Path(place)))


async def test_what_people_noted_about_either_chat_stands_in_the_one_that_is_left(
    store: SqliteStore, folder: Path
) -> None:
    await store.record(answered(message(1, **BY_LID)))
    await store.record(answered(message(2, **BY_PHONE), at=NOW + 5))
    with closing(sqlite3.connect(folder / "wabot.db", isolation_level=None)) as db:
        db.execute("UPDATE conversations SET internal_notes = 'dari ' || chat, category = 'grosir'")
        for number, (id,) in enumerate(db.execute("SELECT id FROM conversations").fetchall()):
            values = (str(number), id, f"catatan {number}")
            db.execute("INSERT INTO conversation_notes VALUES (?, 'warung', ?, 'ibu', 'Ibu', ?, 1)", values)
    await store.record(answered(message(3, **BOTH), at=NOW + 10))
    with closing(sqlite3.connect(folder / "wabot.db")) as db:
        [(notes, category)] = db.execute("SELECT internal_notes, category FROM conversations").fetchall()
        assert (sorted(notes.splitlines()), category) == (sorted([f"dari {LID}", f"dari {PHONE}"]), "grosir")
        whose = "SELECT COUNT(*) FROM conversation_notes JOIN conversations ON conversations.id = conversation_id"
        assert db.execute(whose).fetchone() == (2,)
