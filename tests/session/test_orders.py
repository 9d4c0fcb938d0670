"""Orders are looked up before a message is decided, and no decision is ever late or lost for it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.session.stage import ANI, BUDI, Stage, stage
from tests.till import Till, open_till
from wabot.daemon.shop_orders import ShopOrders
from wabot.model.message import Message
from wabot.model.orders import OrderSummary
from wabot.session.orders import LookupFailed, read_summary

RULES = """\
  - id: lama
    trigger: {type: keyword, keywords: [halo]}
    conditions: {has_order_history: true}
    response: "Sudah {{ contact.orders }} kali ya kak"
    continue: true
  - id: baru
    trigger: {type: keyword, keywords: [halo]}
    conditions: {has_order_history: false}
    response: Baru ya kak
"""


@asynccontextmanager
async def shop_with(place: Path, till: Till, *, private: bool = True, more: str = "") -> AsyncIterator[Stage]:
    tenant = {"orders": f'{{url: "{till.url}", header: X-Api-Key{more}}}'}
    async with stage(place, RULES, tenant=tenant, ask=ShopOrders(private)) as shop:
        yield shop


async def test_the_first_message_is_answered_by_what_the_shop_knows_of_the_customer(tmp_path: Path) -> None:
    with open_till() as till:
        till.said = (
            200,
            json.dumps(
                {"totalOrders": 3, "totalSpent": 150_000.5, "lastOrderAt": "2026-01-05T10:00:00+07:00"}
            ).encode(),
        )
        async with shop_with(tmp_path, till) as shop:
            await shop.say("halo", "99000000000001", lid="99000000000001", phone=BUDI)
            assert shop.replies == ["Sudah 3 kali ya kak"]
            [(path, headers)] = till.asked
            assert (path, headers["x-api-key"]) == (f"/orders?phone={BUDI}", "s3cret")
            till.said = (404, b"")
            await shop.say("halo", ANI)
            assert shop.replies[-1] == "Baru ya kak"


async def test_an_answer_is_good_for_as_long_as_the_tenant_says(tmp_path: Path) -> None:
    with open_till() as till:
        async with shop_with(tmp_path, till, more=", cache: 10m") as shop:
            await shop.say("halo")
            shop.later(599_000)
            await shop.say("halo")
            assert len(till.asked) == 1
            till.said = (200, b'{"totalOrders": 4}')
            shop.later(2_000)
            await shop.say("halo")
            assert (len(till.asked), shop.replies[-1]) == (2, "Sudah 4 kali ya kak")
        async with shop_with(tmp_path, till, more=", cache: 10m") as again:
            again.later(700_000)
            await again.say("halo")
            assert len(till.asked) == 2


async def test_a_shop_that_does_not_answer_holds_nobody_up_and_its_late_answer_counts_next_time(tmp_path: Path) -> None:
    with open_till() as till:
        async with shop_with(tmp_path, till) as shop:
            till.held.clear()
            await shop.say("halo")
            assert shop.replies == ["Baru ya kak"]
            till.held.set()
            while (await shop.store.orders.looked_up(message_of(BUDI)))[1] is None:
                await asyncio.sleep(0.01)
            await shop.say("halo")
            assert (shop.replies[-1], len(till.asked)) == ("Sudah 3 kali ya kak", 1)


def message_of(chat: str) -> Message:
    return Message("M", chat, phone=chat)


WRONG = [
    *((500, b""), (302, b""), (200, b"<html>"), (200, b"[]"), (200, b'{"totalOrders": "3"}'), (200, b"\xff\xfe")),
    *((200, b'{"totalOrders": true}'), (200, b'{"totalOrders": -1}'), (200, b'{"totalOrders": 1e300}')),
    *((200, b'{"totalOrders": 1, "totalSpent": NaN}'), (200, b'{"totalOrders": 1, "lastOrderAt": "kemarin"}')),
    *((200, b"[" * 60_000), (200, b'{"totalOrders": 3, "x": "' + b"x" * 1_000_000 + b'"}')),
]


async def test_whatever_is_no_summary_leaves_what_was_known_before(tmp_path: Path) -> None:
    with open_till() as till:
        async with shop_with(tmp_path, till, more=", cache: 1s") as shop:
            await shop.say("halo")
            for answer in WRONG:
                shop.later(200_000)
                till.said = answer
                shop.orders._failures = 0  # each of them is asked
                await shop.say("halo")
            assert shop.replies == ["Sudah 3 kali ya kak"] * (len(WRONG) + 1)
            assert len(till.asked) == len(WRONG) + 1


async def test_a_shop_that_fails_is_left_alone_for_a_while_and_then_asked_again(tmp_path: Path) -> None:
    with open_till() as till:
        till.said = (500, b"")
        async with shop_with(tmp_path, till) as shop:
            for number in range(6):
                await shop.say("halo", f"62812000010{number}")
            assert len(till.asked) == 3
            assert shop.replies == ["Baru ya kak"] * 6
            assert [note for note in shop.told.notes if "orders" in note] == [
                "orders cannot be looked up: what was known before counts the answer was 500"
            ]
            till.said = (200, b'{"totalOrders": 1}')
            shop.orders._rests_until = 0.0  # the time is over
            await shop.say("halo")
            assert shop.replies[-1] == "Sudah 1 kali ya kak"
            assert "orders are looked up again" in shop.told.notes


async def test_private_networks_are_asked_only_where_the_node_allows_it(tmp_path: Path) -> None:
    with open_till() as till:
        async with shop_with(tmp_path, till, private=False) as shop:
            await shop.say("halo")
            assert (shop.replies, till.asked) == (["Baru ya kak"], [])


async def test_only_customers_messages_are_asked_about(tmp_path: Path) -> None:
    with open_till() as till:
        async with shop_with(tmp_path, till) as shop:
            await shop.say("halo", from_me=True)
            await shop.say("halo", "6281100000000")
            await shop.say("halo", "120363000000000001", chat_kind="group")
            await shop.say("👍", type="reaction")
            assert till.asked == []


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ('{"totalOrders": 0}', OrderSummary(0)),
        ('{"totalOrders": 2, "totalSpent": null, "lastOrderAt": null, "more": []}', OrderSummary(2)),
        (
            '{"totalOrders": 2, "totalSpent": 10.25, "lastOrderAt": "2026-01-28T03:00:00Z"}',
            OrderSummary(2, 1_025, 1_769_569_200_000),
        ),
    ],
)
def test_a_summary_says_what_it_says(body: str, wanted: OrderSummary) -> None:
    assert read_summary(200, body.encode()) == wanted


KEYS = st.sampled_from(["totalOrders", "totalSpent", "lastOrderAt"])
DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner),
)


@given(st.sampled_from([200, 404, 500]), st.binary(max_size=200) | DATA.map(lambda data: json.dumps(data).encode()))
def test_whatever_an_answer_holds_it_is_a_summary_or_a_failure(status: int, body: bytes) -> None:
    try:
        summary = read_summary(status, body)
    except LookupFailed:
        return
    assert 0 <= summary.orders <= 1_000_000
    assert summary.spent >= 0
