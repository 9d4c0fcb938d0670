"""Receipts: what they move on, found by our own id or by WhatsApp's."""

from pathlib import Path

import pytest

from tests.store.turns import CHAT, NOW, allowed, answered, message, silent
from wabot.model.history import History
from wabot.model.message import Message
from wabot.model.turn import Receipt, ReceiptStatus
from wabot.store.sqlite import SqliteStore, reading, retry
from wabot.store.sqlite.undelivered import PATIENCE


def status(folder: Path, key: str) -> str:
    with reading(folder, "warung") as store:
        [found] = [item for item in store.messages(CHAT, 50) if key in (item.id, item.wa_id)]
        return found.status


async def sent(store: SqliteStore) -> str:
    turn = answered(message(1))
    await store.record(turn)
    [row] = await store.queued()
    await store.claim(row, row.due, allowed)
    await store.receipt(Receipt(row.id, "sent", NOW, CHAT, "W1"))
    await store.finish(row, "sent", NOW)
    return row.id


async def test_a_reply_is_found_by_whatsapps_id_once_that_is_known(store: SqliteStore, folder: Path) -> None:
    reply = await sent(store)
    assert status(folder, "W1") == "sent"
    await store.receipt(Receipt("", "delivered", NOW + 1, CHAT, "W1"))
    assert status(folder, reply) == "delivered"
    assert (await store.summary()).outbox == {"delivered": 1}
    await store.receipt(Receipt(reply, "read", NOW + 2))
    await store.receipt(Receipt("", "delivered", NOW + 3, CHAT, "W1"))
    assert status(folder, reply) == "read"


async def test_a_reply_counts_once_whichever_of_receipt_and_send_is_first(store: SqliteStore, folder: Path) -> None:
    await sent(store)
    with reading(folder, "warung") as stored:
        assert [chat.messages for chat in stored.conversations()] == [2]


@pytest.mark.parametrize(
    ("order", "after"),
    [
        (("delivered", "read"), "read"),
        (("read", "delivered"), "read"),
        (("read", "read"), "read"),
        (("delivered", "delivered"), "delivered"),
    ],
)
async def test_what_a_person_typed_on_the_phone_moves_on_and_never_back(
    store: SqliteStore, folder: Path, order: tuple[ReceiptStatus, ReceiptStatus], after: str
) -> None:
    await store.record(silent(message(1)))
    await store.record(silent(message(2, "kami buka", from_me=True), "from_me"))
    assert status(folder, "A2") == "sent"
    for number, name in enumerate(order):
        await store.receipt(Receipt("", name, NOW + number, CHAT, "A2"))
    assert status(folder, "A2") == after


async def test_receipts_for_what_is_not_known_or_is_the_customers_change_nothing(
    store: SqliteStore, folder: Path
) -> None:
    await sent(store)
    before = await store.summary()
    for receipt in (
        Receipt("", "read", NOW, CHAT, "never"),
        Receipt("", "read", NOW, "628999", "W1"),
        Receipt("", "read", NOW, CHAT, "A1"),
        Receipt("", "read", NOW),
        Receipt("never", "read", NOW, CHAT, "W9"),
    ):
        await store.receipt(receipt)
    assert await store.summary() == before
    assert (status(folder, "A1"), status(folder, "W1")) == ("received", "sent")


async def test_a_reply_whose_echo_was_imported_first_is_one_message(store: SqliteStore, folder: Path) -> None:
    await store.record(answered(message(1)))
    echo = Message("W1", CHAT, "Kami buka kak.", from_me=True, phone=CHAT, sent_at=NOW)
    await store.imports.add(History((echo,)), NOW)
    [row] = await store.queued()
    await store.receipt(Receipt(row.id, "sent", NOW, CHAT, "W1"))
    with reading(folder, "warung") as stored:
        assert [chat.messages for chat in stored.conversations()] == [2]
        assert [item.sender for item in stored.messages(CHAT, 9) if item.wa_id == "W1"] == ["auto_reply"]
    assert await store.imports.add(History((echo,)), NOW) == 0


async def test_a_receipt_tells_that_the_one_reply_of_which_nobody_knew_did_go_out(
    store: SqliteStore, folder: Path
) -> None:
    await store.record(answered(message(1)))
    [row] = await store.queued()
    await store.claim(row, row.due, allowed)
    await store.abandon(NOW + 1)
    await store.receipt(Receipt("", "delivered", NOW + 2, CHAT, "W9"))
    assert (await store.summary()).outbox == {"delivered": 1}
    await store.receipt(Receipt("", "read", NOW + 3, CHAT, "W9"))
    assert status(folder, "W9") == "read"


async def test_a_receipt_that_may_be_about_another_reply_settles_nothing(store: SqliteStore) -> None:
    for number in (1, 2):
        await store.record(answered(message(number)))
        row = (await store.queued())[0]
        await store.claim(row, row.due, allowed)
        if number == 1:
            await store.abandon(NOW + 1)
    await store.receipt(Receipt("", "delivered", NOW + 2, CHAT, "W9"))
    assert (await store.summary()).outbox == {"sending": 1, "unknown": 1}


async def test_a_reply_that_the_phone_could_not_read_is_unknown_until_a_receipt_tells_otherwise(
    store: SqliteStore, folder: Path
) -> None:
    await sent(store)
    assert await store.receipt(Receipt("", "unreadable", NOW + 1, CHAT, "W1")) == "jam-buka"
    assert await store.receipt(Receipt("", "unreadable", NOW + 1, CHAT, "W1")) is None
    assert (status(folder, "W1"), (await store.summary()).outbox) == ("unknown", {"unknown": 1})
    await store.receipt(Receipt("", "delivered", NOW + 2, CHAT, "W8"))  # about another message
    assert status(folder, "W1") == "unknown"
    await store.receipt(Receipt("", "delivered", NOW + 2, CHAT, "W1"))
    assert status(folder, "W1") == "delivered"


@pytest.mark.parametrize("known", ["delivered", "read"])
async def test_what_was_delivered_does_not_become_unreadable(
    store: SqliteStore, folder: Path, known: ReceiptStatus
) -> None:
    await sent(store)
    await store.receipt(Receipt("", known, NOW + 1, CHAT, "W1"))
    assert await store.receipt(Receipt("", "unreadable", NOW + 2, CHAT, "W1")) is None
    assert status(folder, "W1") == known


async def test_a_reply_that_is_sent_again_gets_the_id_of_that_send(store: SqliteStore, folder: Path) -> None:
    reply = await sent(store)
    await store.receipt(Receipt("", "unreadable", NOW + 1, CHAT, "W1"))
    assert retry(folder, "warung", reply, NOW, unknown_too=True)
    [row] = await store.queued()
    await store.claim(row, row.due, allowed)
    await store.receipt(Receipt(row.id, "sent", NOW, CHAT, "W2"))
    await store.finish(row, "sent", NOW)
    await store.receipt(Receipt("", "read", NOW + 3, CHAT, "W2"))
    assert status(folder, reply) == "read"


def lost(folder: Path, now: int) -> list[str]:
    with reading(folder, "warung") as stored:
        return [reply.id for reply in stored.undelivered(now)]


async def test_a_reply_that_no_phone_confirmed_though_its_customer_wrote_since_is_told_after_a_while(
    store: SqliteStore, folder: Path
) -> None:
    reply = await sent(store)
    late = NOW + PATIENCE
    assert lost(folder, late) == []  # the phone may have been off since
    await store.record(silent(message(2, "halo?", sent_at=NOW + 60_000)))
    assert lost(folder, late - 1) == []
    assert lost(folder, late) == [reply]
    assert (await store.alerts.backlog(late)).undelivered == 1
    await store.receipt(Receipt("", "delivered", late, CHAT, "W1"))
    assert lost(folder, late) == []
    assert (await store.alerts.backlog(late + 1)).undelivered == 1  # looked at once a minute
    assert (await store.alerts.backlog(late + 60_000)).undelivered == 0


async def test_where_nothing_names_what_was_sent_no_confirmation_is_missed(store: SqliteStore, folder: Path) -> None:
    await store.record(answered(message(1)))
    [row] = await store.queued()
    await store.claim(row, row.due, allowed)
    await store.finish(row, "sent", NOW)
    await store.record(silent(message(2, "halo?", sent_at=NOW + 60_000)))
    assert lost(folder, NOW + PATIENCE) == []
