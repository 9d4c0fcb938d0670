"""What is deleted once it is old enough, and what never is."""

import os
import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from tests.analytics.counted import JAKARTA
from tests.blank import lay
from tests.session.stage import ANI, BUDI, JAM, START, stage
from wabot.model.message import Message
from wabot.model.turn import NewFollowUp
from wabot.store.sqlite import open_store, pause_chat, remind
from wabot.store.sqlite.retention import TABLES

DAY = 86_400_000
WITH = JAM.replace("}\n", ", follow_up: {after: 2h, message: Jadi kak?}}\n")


def rows(place: Path) -> dict[str, int]:
    """Table → rows, of the tables that hold any."""
    connection = sqlite3.connect(place / "data" / "wabot.db")
    try:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        found = {table: connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in tables}
        return {table: count for table, count in found.items() if count}
    finally:
        connection.close()


def change(place: Path, statement: str) -> None:
    connection = sqlite3.connect(place / "data" / "wabot.db")
    connection.execute(statement)
    connection.commit()
    connection.close()


async def clean(place: Path, before: int) -> dict[str, int]:
    store = open_store(lay(place / "data"), "warung")
    try:
        deleted = dict(await store.upkeep.clean_up(before, before + 7 * DAY, JAKARTA))
        assert sqlite3.connect(place / "data" / "wabot.db").execute("PRAGMA foreign_key_check").fetchall() == []
        return deleted
    finally:
        await store.close()


async def two_days(place: Path) -> None:
    """Budi asked at START, Ani a day later."""
    async with stage(place, WITH) as shop:
        await shop.say("jam buka?")
        await shop.pass_time(DAY)
        await shop.say("jam buka?", ANI, name="Ani")
        await shop.say("oke", ANI, name="Ani")


async def test_what_is_old_goes_with_all_that_belongs_to_it_and_nothing_younger(tmp_path: Path) -> None:
    await two_days(tmp_path)
    before = rows(tmp_path)
    assert (before["contacts"], before["messages"], before["inbound_journal"]) == (2, 6, 3)
    assert await clean(tmp_path, START + DAY) == {
        "auto_reply_logs": 1,
        "follow_ups": 1,
        "outbox": 2,
        "messages": 3,
        "inbound_journal": 1,
        "conversations": 1,
        "contacts": 1,
    }
    after = Counter(rows(tmp_path))
    assert Counter(before) - after == Counter(
        auto_reply_logs=1,
        follow_ups=1,
        outbox=2,
        messages=3,
        inbound_journal=1,
        conversations=1,
        conversation_chats=1,
        contacts=1,
        contact_words=2,
        rule_usage=2,
        conversation_counts=1,
        analytics_dirty=1,
    )
    assert await clean(tmp_path, START + DAY) == {}


async def test_counters_stay(tmp_path: Path) -> None:
    await two_days(tmp_path)
    await clean(tmp_path, START + 30 * DAY)
    left = rows(tmp_path)
    assert left["rule_stats"] == 1
    figures = {name for name in left if "analytics" in name}
    assert set(left) - figures == {"migrations", "rule_stats", "sessions", "sqlite_sequence"}


async def test_a_customer_who_is_seen_again_keeps_their_totals(tmp_path: Path) -> None:
    async with stage(tmp_path) as shop:
        await shop.say("jam buka?")
        shop.later(30 * DAY)
        await shop.say("jam buka?")
        assert (await shop.store.upkeep.clean_up(START + DAY, shop.clock.now(), JAKARTA))["messages"] == 2
        chat = await shop.store.context(Message("X", BUDI, phone=BUDI), shop.clock.now())
        assert (chat.conversation.earlier_messages, chat.usage["jam-buka"].count) == (2, 1)


async def test_a_follow_up_stays_as_long_as_its_message(tmp_path: Path) -> None:
    async with stage(tmp_path, WITH) as shop:
        await shop.say("jam buka?")
        await shop.pass_time(3 * 3_600_000)
    await clean(tmp_path, START + 3_600_000)  # promised before, sent after
    left = rows(tmp_path)
    assert (left["messages"], left["follow_ups"]) == (1, 1)
    await clean(tmp_path, START + DAY)
    assert {"messages", "follow_ups"} & rows(tmp_path).keys() == set()


async def test_what_is_undecided_or_waits_never_goes(tmp_path: Path) -> None:
    async with stage(tmp_path, WITH) as shop:
        await shop.say("halo")
        await shop.say("halo", ANI)
        shop.session._connected.clear()
        await shop.say("jam buka?", settle=False)
        while not await shop.store.queued():
            await shop.store.summary()
    remind(
        tmp_path / "data", "warung", NewFollowUp("R", ANI, "hai", "", START + DAY), START, lambda _c: None, replace=True
    )
    store = open_store(tmp_path / "data", "warung")
    assert await store.journal([Message("U1", ANI, "harga?", phone=ANI)], START) == [True]
    await store.close()
    await clean(tmp_path, START + 30 * DAY)
    left = rows(tmp_path)
    assert (left["inbound_journal"], left["outbox"], left["follow_ups"], left["conversations"]) == (1, 1, 2, 2)
    async with stage(tmp_path, WITH) as again:
        await again.settle()
        assert (await again.store.summary()).by_reason["no_match"] == 1


async def test_copies_of_messages_are_known_for_as_long_as_anything_is_kept(tmp_path: Path) -> None:
    async with stage(tmp_path, tenant={"keep": "7d"}) as shop:
        await shop.say("jam buka?", id="A")
        shop.later(7 * DAY - 1)
        assert await shop.store.upkeep.clean_up(shop.clock.now() - 7 * DAY, shop.clock.now(), JAKARTA) == {}
        await shop.say("jam buka?", id="A")
        assert (len(shop.replies), shop.told.reasons) == (1, ["duplicate"])


@pytest.mark.parametrize(
    "word",
    ["UPDATE contacts SET is_blocked = 1", "UPDATE conversations SET status = 'spam'", ""],
)
async def test_what_a_person_said_of_a_customer_outlives_their_messages(tmp_path: Path, word: str) -> None:
    async with stage(tmp_path) as shop:
        await shop.say("jam buka?")
    if word:
        change(tmp_path, word)
    else:
        pause_chat(tmp_path / "data", "warung", BUDI, START + 900 * DAY, START)
    await clean(tmp_path, START + 300 * DAY)
    left = rows(tmp_path)
    assert ("messages" in left, left["contacts"]) == (False, 1)


async def test_a_row_stays_while_another_table_refers_to_it(tmp_path: Path) -> None:
    await two_days(tmp_path)
    change(tmp_path, "CREATE TABLE notes (message_id TEXT REFERENCES messages (id))")
    change(tmp_path, f"INSERT INTO notes SELECT id FROM messages WHERE created_at = {START} LIMIT 1")
    assert (await clean(tmp_path, START + DAY))["messages"] == 2
    assert rows(tmp_path)["conversations"] == 2


async def test_files_of_customers_go_with_their_messages(tmp_path: Path) -> None:
    await two_days(tmp_path)
    media = tmp_path / "data" / "media"
    media.mkdir()
    for name, at in (("lama.jpg", START), ("baru.jpg", START + DAY)):
        (media / name).write_bytes(b"x")
        os.utime(media / name, (at / 1000, at / 1000))
    assert (await clean(tmp_path, START + DAY))["media"] == 1
    assert [path.name for path in media.iterdir()] == ["baru.jpg"]


async def test_thousands_of_rows_go_while_a_customer_is_served_in_between(tmp_path: Path) -> None:
    async with stage(tmp_path) as shop:
        await shop.say("jam buka?")
        copies = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 6000)"
        change(
            tmp_path,
            f"{copies} INSERT INTO messages (id, tenant_id, conversation_id, sender_type, status, created_at) "
            f"SELECT 'm' || x, 'warung', (SELECT id FROM conversations), 'customer', 'received', {START - DAY} FROM n",
        )
        before = shop.store.commits
        assert await shop.store.upkeep.clean_up(START, START + DAY, JAKARTA) == {"messages": 6000}
        assert shop.store.commits - before >= 12
        await shop.say("jam buka?")
        assert len(shop.replies) == 2


def test_every_table_of_the_list_exists_and_none_that_grows_is_left_out(tmp_path: Path) -> None:
    open_store(tmp_path / "data", "warung")
    connection = sqlite3.connect(tmp_path / "data" / "wabot.db")
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    tables -= {"sqlite_sequence", "feed", "feed_readers", "uploads", "send_keys"}  # tidied by rules of their own
    tables -= {"webhook_deliveries"}  # by who delivers them
    # By what they belong to.
    tables -= {"conversation_counts", "conversation_tags", "contact_counts", "contact_words", "note_mentions"}
    listed = {kind.table for kind in TABLES} | {table for kind in TABLES for table, _ in kind.along}
    kept = {"migrations", "sessions", "restraints", "rule_stats", "job_runs", "operators", "quick_reply_stats"}
    kept |= {"webhooks", *(name for name in tables if "analytics" in name)}
    kept |= {"contact_tags"}  # goes by a trigger with the contact
    assert tables - kept == listed
