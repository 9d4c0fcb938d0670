"""Whose chat is whose, when several ask at once; what survives a merge and an old file."""

import asyncio
import sqlite3
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.store.turns import CHAT, NOW, answered, message, silent
from wabot.engine.assignment import chooser
from wabot.language.rule_set import Tenant
from wabot.model.errors import StoreError
from wabot.model.people import Called, Operator
from wabot.model.stored import PersonSays
from wabot.model.turn import Receipt, Turn
from wabot.store.sqlite import SqliteStore, add_operator, assign, erase, open_store, opening, reading, resolve, say
from wabot.store.sqlite.assigning import distribute
from wabot.store.sqlite.operating import writing

CHOOSE = chooser(Tenant("warung", "Warung", "6281100000000", ZoneInfo("Asia/Jakarta")), NOW)
SARI, DEDI, TINI = "sari@warung.id", "dedi@warung.id", "tini@warung.id"


def hire(folder: Path, email: str = SARI, capacity: int = 10) -> None:
    assert add_operator(folder, "warung", Operator(email, "Sari", status="online", capacity=capacity), CHOOSE, NOW)


def called(number: int, chat: str = CHAT, note: str = "") -> Turn:
    said = message(number, chat=chat, phone=chat)
    told = Called(CHOOSE, note, "6281100000000", f"note-{number}")
    return silent(said, assigned_to="role:operator", called=told)


def with_whom(folder: Path) -> dict[str, str]:
    with reading(folder, "warung") as store:
        return {chat.chat: chat.operator for chat in store.conversations()}


async def test_however_many_ask_at_once_nobody_is_given_more_than_they_can(store: SqliteStore, folder: Path) -> None:
    for number in range(30):
        await store.record(called(number, f"62812000000{number:02}"))
    for email in (SARI, DEDI, TINI):
        hire(folder, email, 0)
    with writing(folder, "warung") as ask:
        unchanged = dict.fromkeys(("name", "role", "status", "hours", "teams"))
        for capacity, email in ((5, DEDI), (7, TINI)):
            ask("operator_set", email=email, capacity=capacity, at=NOW, **unchanged)

    def elsewhere() -> int:
        with writing(folder, "warung") as ask:
            return distribute(ask, CHOOSE, NOW)

    given = await asyncio.gather(
        *(asyncio.to_thread(elsewhere) for _ in range(4)),
        *(store.people.distribute(CHOOSE, NOW) for _ in range(4)),
        *(store.record(called(100 + number, f"62812000001{number:02}")) for number in range(10)),
    )
    assert sum(changed for changed in given if changed) == 12
    whose = list(with_whom(folder).values())
    assert (whose.count(DEDI), whose.count(TINI), whose.count("")) == (5, 7, 28)


async def test_of_two_claims_of_one_chat_one_succeeds(store: SqliteStore, folder: Path) -> None:
    await store.record(called(1))
    hire(folder, SARI, 0)
    hire(folder, DEDI, 0)
    with writing(folder, "warung") as ask:
        (row,) = ask("conversations_waiting").fetchall()
        claims = [
            ask("conversation_claim", id=row["id"], email=who, before=None, at=NOW).rowcount for who in (SARI, DEDI)
        ]
    assert claims == [1, 0]
    assert with_whom(folder) == {CHAT: SARI}


async def test_a_persons_message_cancels_the_bots_and_no_other_persons(store: SqliteStore, folder: Path) -> None:
    await store.record(answered(message(1)))
    await store.record(called(2, note="Budi menunggu"))
    for text in ("Halo kak", "Ada yang bisa dibantu?"):
        assert say(folder, "warung", PersonSays(CHAT, text, pause=1_000), NOW + 1)
    waiting = await store.queued()
    assert [(row.kind, row.text) for row in waiting] == [
        ("note", "Budi menunggu"),
        ("person", "Halo kak"),
        ("person", "Ada yang bisa dibantu?"),
    ]
    assert (await store.context(message(3), NOW + 2)).conversation.paused_until == NOW + 1_001


async def test_a_note_is_in_no_customers_chat_and_counts_for_nobody(store: SqliteStore, folder: Path) -> None:
    await store.record(called(1, note="Budi menunggu"))
    (note,) = await store.queued()
    await store.finish(note, "sent", NOW)
    await store.receipt(Receipt(note.id, "read", NOW))
    with reading(folder, "warung") as reader:
        (chat,) = reader.conversations()
        assert [said.text for said in reader.messages(CHAT, 5)] == ["jam buka?"]
    assert (chat.messages, chat.last_from) == (1, "customer")
    assert (await store.facts(note, NOW)).sent_last_minute == 0


async def test_two_chats_that_are_one_customers_stay_with_whoever_has_one_of_them(
    store: SqliteStore, folder: Path
) -> None:
    hire(folder)
    await store.record(silent(message(1, chat="L77", lid="L77", phone="")))
    await store.record(called(2))
    resolved = "6281200000009"
    await store.record(called(3, resolved))
    assert resolve(folder, "warung", resolved, CHOOSE, NOW)
    await store.context(message(4, chat="L77", lid="L77", phone=CHAT), NOW)
    with reading(folder, "warung") as reader:
        (chat,) = [chat for chat in reader.conversations() if chat.phone == CHAT]
    assert (chat.operator, chat.waiting_since, chat.status) == (SARI, NOW, "pending")


async def test_a_customer_who_is_forgotten_leaves_nothing_with_the_people(store: SqliteStore, folder: Path) -> None:
    hire(folder)
    await store.record(called(1, note=f"Budi ({CHAT}) menunggu"))
    say(folder, "warung", PersonSays(CHAT, f"Halo {CHAT}", SARI), NOW)
    assign(folder, "warung", CHAT, f"operator:{SARI}", CHOOSE, NOW)
    assert erase(folder, "warung", CHAT)
    assert all(CHAT.encode() not in file.read_bytes() for file in folder.glob("wabot.db*"))
    with reading(folder, "warung") as reader:
        assert [one.operator.open_chats for one in reader.operators()] == [0]


async def test_a_file_from_before_there_were_people_opens_with_its_chats_and_what_waits(folder: Path) -> None:
    folder.mkdir()
    old = sqlite3.connect(folder / "wabot.db", isolation_level=None)
    old.execute("CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL)")
    for step in sorted((Path(opening.__file__).parent / "migrations").glob("000*.sql")):
        old.executescript(step.read_text("utf-8"))
        old.execute("INSERT INTO migrations VALUES (?, ?)", (int(step.name[:4]), step.stem))
    old.execute(
        "INSERT INTO contacts (id, tenant_id, phone, first_contact_at, last_contact_at)"
        " VALUES ('c', 'warung', '628', 1, 1)"
    )
    old.execute(
        "INSERT INTO conversations (id, tenant_id, chat, contact_id, status, customer_messages, created_at, updated_at)"
        " VALUES ('v', 'warung', '628', 'c', 'pending', 4, 1, 7)"
    )
    old.execute("INSERT INTO conversation_chats VALUES ('warung', '628', 'v')")
    old.execute(
        "INSERT INTO outbox (id, tenant_id, conversation_id, chat, text, rule_id, due_at, created_at, sequence, status)"
        " VALUES ('o', 'warung', 'v', '628', 'Halo', 'jam-buka', 1, 1, 1, 'queued')"
    )
    old.close()
    with pytest.raises(StoreError, match="older wabot"), reading(folder, "warung") as before:
        before.conversations()
    store = open_store(folder, "warung")
    assert [(row.id, row.kind) for row in await store.queued()] == [("o", "reply")]
    hire(folder)
    assert with_whom(folder) == {"628": SARI}
    await store.close()
