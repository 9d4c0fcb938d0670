"""WhatsApp names one customer by a LID, by a phone number, or by both, as it likes: they stay one customer."""

import asyncio

import pytest

from tests.live.seen import chats_of, conversation, texts
from tests.whatsapp.people.customer import Addressing
from tests.whatsapp.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="module")

Naming = tuple[Addressing, bool]
BY_LID, BY_NUMBER = ("lid", False), ("pn", False)
BOTH_BY_LID, BOTH_BY_NUMBER = ("lid", True), ("pn", True)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (BOTH_BY_LID, BOTH_BY_NUMBER),
        (BOTH_BY_LID, BY_NUMBER),
        (BOTH_BY_NUMBER, BY_LID),
        (BY_LID, BOTH_BY_NUMBER),
        (BY_NUMBER, BOTH_BY_LID),
        (BY_NUMBER, BY_LID),
    ],
)
async def test_one_customer_under_two_names_is_one_conversation_and_one_contact(
    open_shop: Shop, first: Naming, then: Naming
) -> None:
    budi = open_shop.whatsapp.customer("Budi")
    for addressing, alt in (first, then):
        budi.addressing, budi.alt = addressing, alt
        await budi.says("halo")
        await budi.hears("Halo kak Budi")
    assert chats_of(open_shop.daemon, budi) == 1
    assert texts(open_shop.daemon, budi, "customer") == ["halo", "halo"]
    chat = conversation(open_shop.daemon, budi)
    assert chat is not None and chat.phone == budi.number
    assert not budi.unreadable


async def test_a_customer_who_is_only_ever_a_lid_is_answered(open_shop: Shop) -> None:
    budi = open_shop.whatsapp.customer("Budi", addressing="lid", alt=False)
    for _ in range(2):
        await budi.says("halo")
        await budi.hears("Halo kak Budi")
    assert chats_of(open_shop.daemon, budi) == 1


async def test_two_customers_are_never_one(open_shop: Shop) -> None:
    people = [open_shop.whatsapp.customer("Budi", addressing=name) for name in ("lid", "pn", "lid", "pn")]
    await asyncio.gather(*(person.says("halo") for person in people))
    for person in people:
        await person.hears("Halo kak Budi")
        assert texts(open_shop.daemon, person, "customer") == ["halo"]
