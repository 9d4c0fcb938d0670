"""What people write down of customers, and what those ordered and said, goes where the customer goes."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.analytics.counted import JAKARTA
from tests.store.turns import CHAT, NOW, answered, message, silent
from wabot.model.ids import uuid7
from wabot.model.message import Message
from wabot.model.orders import OrderSummary
from wabot.model.turn import NewFollowUp, Receipt
from wabot.store.sqlite import SqliteStore, erase, open_store, stored_about
from wabot.store.sqlite.caring import Listed, block_contact, change_contact, tag_contact, take_listed
from wabot.store.sqlite.contact_list import Sought, contacts_after
from wabot.store.sqlite.ordering import Order, tell_order
from wabot.store.sqlite.queries import Ask
from wabot.store.sqlite.surveying import ask_opinion

LID, PHONE, OTHER = "99000000000001", CHAT, "6281100000002"
BY_LID = {"chat": LID, "lid": LID, "phone": ""}
BOTH = {"chat": LID, "lid": LID, "phone": PHONE}
DAY = 86_400_000


EVERYBODY = Sought()


def contacts(ask: Ask, sought: Sought = EVERYBODY) -> list[dict[str, Any]]:
    return [dict(row) for row in contacts_after(ask, sought, "", 100)]


async def test_two_names_of_one_customer_keep_all_that_was_written_down_of_either(store: SqliteStore) -> None:
    ask = store._ask
    await store.record(silent(message(1, **BY_LID)))
    await store.record(silent(message(2, chat=PHONE, phone=PHONE, lid="")))

    def write() -> None:
        by_lid, by_phone = sorted(contacts(ask), key=lambda row: row["phone"])
        change_contact(ask, by_lid["id"], {"name": "Pak Budi", "notes": "suka pedas", "email": "a@b.c"}, NOW)
        change_contact(ask, by_phone["id"], {"notes": "alergi udang", "address": "Jl. Melati", "segment": "vip"}, NOW)
        tag_contact(ask, by_lid["id"], ["a"], [], NOW)
        tag_contact(ask, by_phone["id"], ["b"], [], NOW)
        block_contact(ask, by_phone["id"], "menipu", NOW + 5)
        tell_order(ask, Order("1", PHONE, 2_500, NOW, "paid"), NOW)

    await store._run(write)
    joined = await store.context(message(3, **BOTH), NOW + 10)
    assert (joined.contact.name, joined.contact.orders, joined.contact.blocked) == ("Pak Budi", 1, True)
    [one] = await store._run(lambda: contacts(ask))
    kept = {key: one[key] for key in ("name", "push_name", "email", "address", "segment_manual", "blocked_reason")}
    assert kept == {
        "name": "Pak Budi",
        "push_name": "Budi",
        "email": "a@b.c",
        "address": "Jl. Melati",
        "segment_manual": "vip",
        "blocked_reason": "menipu",
    }
    assert set(one["notes"].splitlines()) == {"suka pedas", "alergi udang"}
    assert (one["total_orders"], one["total_spent"], one["blocked_at"]) == (1, 2_500, NOW + 5)
    tags = await store._run(lambda: contacts(ask, Sought(tags=("a", "b"))))
    assert [row["id"] for row in tags] == [one["id"]]


async def test_a_summary_counts_with_the_orders_that_were_told_since(store: SqliteStore) -> None:
    ask = store._ask
    await store.record(silent(message(1)))

    async def counted() -> tuple[int, int, int | None]:
        [row] = await store._run(lambda: contacts(ask))
        context = await store.context(message(9), NOW)
        assert context.contact.orders == row["total_orders"]
        return row["total_orders"], row["total_spent"], row["last_order_at"]

    await store._run(lambda: tell_order(ask, Order("1", PHONE, 100, NOW - DAY, "paid"), NOW))
    assert await counted() == (1, 100, NOW - DAY)
    await store.orders.keep(PHONE, OrderSummary(7, 900, NOW - 5), NOW + 1)
    assert await counted() == (7, 900, NOW - 5)
    await store._run(lambda: tell_order(ask, Order("2", PHONE, 50, NOW + 2, "placed"), NOW + 2))
    assert await counted() == (8, 950, NOW + 2)
    await store._run(lambda: tell_order(ask, Order("2", PHONE, 50, NOW + 2, "refunded"), NOW + 3))
    assert await counted() == (7, 900, NOW - 5)
    await store.orders.keep(PHONE, OrderSummary(8), NOW + 4)
    assert await counted() == (8, 0, None)
    assert await store.orders.looked_up(Message("X", LID, phone=PHONE)) == (PHONE, NOW + 4)
    assert await store.orders.looked_up(Message("X", LID)) == ("", None)


async def fill(store: SqliteStore) -> None:
    """A customer of whom everything is known, and another."""
    ask = store._ask
    await store.record(answered(message(1, lid=LID)))
    await store.record(silent(message(2, chat=OTHER, phone=OTHER, name="Ani")))

    def write() -> None:
        budi, ani = sorted(contacts(ask), key=lambda row: row["phone"])
        change_contact(ask, budi["id"], {"name": "Pak Rahasia", "email": "rahasia@x.id", "notes": "rahasia"}, NOW)
        tag_contact(ask, budi["id"], ["rahasia"], [], NOW)
        change_contact(ask, ani["id"], {"notes": f"kakak dari {PHONE}"}, NOW)
        tell_order(ask, Order("rahasia-1", PHONE, 2_500, NOW, "paid"), NOW)
        tell_order(ask, Order("A", OTHER, 2_500, NOW, "paid"), NOW)
        row = ask("conversation_of_chat", chat=PHONE).fetchone()
        survey = NewFollowUp(uuid7(NOW), PHONE, "Puas kak?", "(csat)", NOW)
        assert ask_opinion(ask, {**dict(row), "taken_by": "operator"}, survey, NOW)

    await store._run(write)
    await store.orders.keep(PHONE, OrderSummary(7), NOW)


async def test_a_forgotten_customer_leaves_no_word_order_or_rating(tmp_path: Path) -> None:
    store = open_store(tmp_path, "warung")
    await fill(store)
    await store.close()
    assert stored_about(tmp_path, "warung", PHONE).orders == 2
    erase(tmp_path, "warung", PHONE)
    content = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert b"ahasia" not in content
    assert PHONE.encode() not in content
    with sqlite3.connect(tmp_path / "wabot.db") as connection:
        tables = ("contacts", "orders", "order_summaries", "csat_surveys", "contact_tags")
        left = [connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in tables]
    assert left == [1, 1, 0, 0, 0]


async def test_somebody_who_only_ordered_is_forgotten_too(tmp_path: Path) -> None:
    store = open_store(tmp_path, "warung")
    await store._run(lambda: tell_order(store._ask, Order("1", PHONE, 100, NOW, "paid"), NOW))
    await store.close()
    assert stored_about(tmp_path, "warung", PHONE)
    erase(tmp_path, "warung", PHONE)
    assert not stored_about(tmp_path, "warung", PHONE)


async def test_orders_go_with_their_customer_and_not_before(store: SqliteStore) -> None:
    ask = store._ask
    await fill(store)
    await store.record(silent(message(3, chat=OTHER, phone=OTHER, name="Ani", sent_at=NOW + 30 * DAY)))
    await store._run(lambda: ask("contact_heard", id=_id(ask, OTHER), at=NOW + 30 * DAY, began=0).rowcount)
    for row in await store.queued():
        await store.finish(row, "sent", NOW)
        await store.receipt(Receipt(row.id, "read", NOW))
    await store._run(
        lambda: ask("follow_ups_of_rules_cancel", conversation=_chat(ask), reason="x", at=NOW, since=2**62)
    )
    deleted = await store.upkeep.clean_up(NOW + 8 * DAY, NOW + 31 * DAY, JAKARTA)
    assert {key: deleted[key] for key in ("csat_surveys", "contacts", "orders", "order_summaries")} == {
        "csat_surveys": 1,
        "contacts": 1,
        "orders": 1,
        "order_summaries": 1,
    }
    assert [row["phone"] for row in await store._run(lambda: contacts(ask))] == [OTHER]


def _id(ask: Ask, phone: str) -> str:
    return str(ask("contact_with_phone", phone=phone).fetchone()["id"])


def _chat(ask: Ask) -> str:
    return str(ask("conversation_of_chat", chat=PHONE).fetchone()["id"])


@pytest.mark.parametrize("again", [False, True])
async def test_whoever_stands_on_a_list_has_no_conversation(store: SqliteStore, again: bool) -> None:
    ask = store._ask
    if again:
        await store.record(silent(message(1)))
    listed = Listed(PHONE, name="Pak Budi", tags=("vip",))
    taken = [await store._run(lambda: take_listed(ask, listed, NOW)) for _ in range(2)]
    assert taken == ["updated" if again else "created", "unchanged"]
    count = await store._run(lambda: ask("conversations_of_contact", contact=_id(ask, PHONE)).fetchall())
    assert len(count) == again
