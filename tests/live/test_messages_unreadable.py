"""A customer's phone cannot read a reply, and asks for it again."""

import pytest

from tests.live.seen import became, messages, replies
from tests.whatsapp.people.customer import Customer
from tests.whatsapp.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def has_heard(shop: Shop, **how: bool) -> Customer:
    """A customer whose phone knows the shop."""
    budi = shop.whatsapp.customer("Budi")
    await budi.says("halo")
    await budi.hears("Halo kak Budi")
    await became(shop.daemon, budi, "delivered")
    return budi


async def could_not_read(shop: Shop) -> Customer:
    """A customer whose phone has got a reply that it cannot read."""
    budi = await has_heard(shop)
    await budi.says("jam buka?")
    budi.loses_its_sessions()
    await budi.bell.until(lambda: bool(budi.unreadable), "a reply that cannot be read", 20)
    await became(shop.daemon, budi, "delivered", "sent")
    return budi


async def test_a_reply_that_a_phone_cannot_read_is_sent_again_under_the_same_id_when_it_asks(open_shop: Shop) -> None:
    budi = await could_not_read(open_shop)
    await budi.asks_for_what_it_missed()
    heard = await budi.hears("Kami buka")
    replied = await became(open_shop.daemon, budi, "delivered", "delivered")
    assert messages(open_shop.daemon, budi)[-1].wa_id == heard.id
    assert len(replied) == len(budi.heard) == 2


async def test_a_reply_that_nobody_can_send_again_after_a_restart_is_shown_to_people(open_shop: Shop) -> None:
    budi = await could_not_read(open_shop)
    await open_shop.daemon.kills(open_shop.phone)
    await open_shop.phone.connected()
    await budi.asks_for_what_it_missed()
    _, reply = await became(open_shop.daemon, budi, "delivered", "unknown")
    assert "could not read it" in reply.error
    listed = await open_shop.daemon.wabot("outbox")
    assert [row["id"] for row in listed["outbox"]] == [reply.id]
    await budi.says("halo")  # it is not sent again by itself, and the chat goes on
    await budi.hears("Halo kak Budi")
    assert len(budi.heard) == 2
    await open_shop.daemon.wabot("outbox", "retry", reply.id, "--i-know-it-did-not-arrive")
    await budi.hears("Kami buka")
    await became(open_shop.daemon, budi, "delivered", "delivered", "delivered")


async def test_a_reply_that_was_read_after_all_is_no_question_any_more(open_shop: Shop) -> None:
    budi = await could_not_read(open_shop)
    await open_shop.daemon.kills(open_shop.phone)
    await open_shop.phone.connected()
    await budi.asks_for_what_it_missed()
    await became(open_shop.daemon, budi, "delivered", "unknown")
    await budi.confirms_id(messages(open_shop.daemon, budi)[-1].wa_id)
    await became(open_shop.daemon, budi, "delivered", "delivered")
    assert [reply.error for reply in replies(open_shop.daemon, budi)] == ["", ""]
