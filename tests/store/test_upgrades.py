"""A file of an older wabot opens with everything in it."""

import sqlite3
from pathlib import Path

from wabot.model.message import Message
from wabot.store.sqlite import open_store, opening, read_summary


async def test_a_file_from_before_tries_loops_bursts_and_names_of_chats_is_read_and_brought_up_to_date(
    folder: Path,
) -> None:
    folder.mkdir()
    old = sqlite3.connect(folder / "wabot.db", isolation_level=None)
    old.execute("CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL)")
    for step in sorted((Path(opening.__file__).parent / "migrations").glob("000[12]_*.sql")):
        old.executescript(step.read_text("utf-8"))
        old.execute("INSERT INTO migrations VALUES (?, ?)", (int(step.name[:4]), step.stem))
    old.execute(
        "INSERT INTO contacts (id, tenant_id, phone, first_contact_at, last_contact_at)"
        " VALUES ('c', 'warung', '628', 1, 1)"
    )
    old.execute(
        "INSERT INTO conversations (id, tenant_id, chat, contact_id, customer_messages, created_at, updated_at)"
        " VALUES ('v', 'warung', '628', 'c', 4, 1, 1)"
    )
    old.close()
    assert read_summary(folder, "warung").received == 4
    store = open_store(folder, "warung")
    assert (await store.context(Message("A", "628"), 5)).conversation.earlier_messages == 4
    await store.close()
