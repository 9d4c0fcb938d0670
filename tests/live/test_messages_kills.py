"""What nobody knows: acknowledgements that are lost, and processes that die while they wait for one."""

import asyncio

import pytest

from tests.live.seen import became, replies
from tests.whatsapp.people.customer import Customer
from tests.whatsapp.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def killed_before_the_acknowledgement(shop: Shop, budi: Customer) -> None:
    """The reply has reached the customer; the process dies before it learns of that, and another one runs."""
    shop.whatsapp.loses_acknowledgements(1)
    budi.confirms = False
    await budi.says("jam buka?")
    await budi.hears("Kami buka")
    await shop.daemon.kills(shop.phone)
    await shop.phone.connected()


async def test_a_reply_whose_process_died_before_the_acknowledgement_is_unknown_and_not_sent_again(
    open_shop: Shop,
) -> None:
    budi = open_shop.whatsapp.customer("Budi")
    await killed_before_the_acknowledgement(open_shop, budi)
    [reply] = await became(open_shop.daemon, budi, "unknown")
    await budi.says("halo")
    await budi.hears("Halo kak Budi")
    assert [heard.text for heard in budi.heard] == ["Kami buka tiap hari kak.", "Halo kak Budi, ada yang bisa dibantu?"]
    listed = await open_shop.daemon.wabot("outbox")
    assert [(row["id"], row["status"]) for row in listed["outbox"]] == [(reply.id, "unknown")]


async def test_a_receipt_that_comes_after_the_kill_tells_that_the_reply_arrived(open_shop: Shop) -> None:
    budi = open_shop.whatsapp.customer("Budi")
    await killed_before_the_acknowledgement(open_shop, budi)
    await became(open_shop.daemon, budi, "unknown")
    await budi.confirm(budi.heard[0])
    await became(open_shop.daemon, budi, "delivered")
    await budi.reads(budi.heard[0])
    await became(open_shop.daemon, budi, "read")


async def test_a_reply_that_was_lost_with_the_process_stays_unknown_until_a_person_has_it_sent_again(
    open_shop: Shop,
) -> None:
    lost = open_shop.whatsapp.loses_messages(1)
    budi = open_shop.whatsapp.customer("Budi")
    await budi.says("jam buka?")
    await open_shop.whatsapp.server.until(lambda: len(lost.ids) == 1, "the reply is on its way")
    await open_shop.daemon.kills(open_shop.phone)
    await open_shop.phone.connected()
    [reply] = await became(open_shop.daemon, budi, "unknown")
    await open_shop.daemon.wabot("outbox", "retry", reply.id, "--i-know-it-did-not-arrive")
    await budi.hears("Kami buka")
    assert len(budi.heard) == 1


async def test_a_reply_whose_acknowledgement_is_lost_with_the_connection_reaches_the_customer_once(
    open_shop: Shop,
) -> None:
    budi = open_shop.whatsapp.customer("Budi")
    lost = open_shop.whatsapp.loses_acknowledgements(1)
    await budi.says("jam buka?")
    await budi.hears("Kami buka")
    open_shop.whatsapp.cut()
    await became(open_shop.daemon, budi, "delivered")
    await open_shop.whatsapp.server.until(lambda: len(lost.ids) == 2, "the library sends it again")
    assert lost.ids[0] == lost.ids[1]
    assert len(budi.heard) == 1 and not budi.unreadable


async def test_a_reply_that_was_lost_with_the_connection_reaches_the_customer_once(open_shop: Shop) -> None:
    budi = open_shop.whatsapp.customer("Budi")
    lost = open_shop.whatsapp.loses_messages(1)
    await budi.says("jam buka?")
    await open_shop.whatsapp.server.until(lambda: len(lost.ids) == 1, "the reply is on its way")
    open_shop.whatsapp.cut()
    await budi.hears("Kami buka")
    await became(open_shop.daemon, budi, "delivered")
    assert len(set(lost.ids)) == 1 and len(budi.heard) == 1


async def test_what_becomes_of_replies_that_are_on_their_way_is_known_when_the_bot_is_stopped(open_shop: Shop) -> None:
    crowd = [open_shop.whatsapp.customer(f"Orang {number}") for number in range(8)]
    await asyncio.gather(*(one.says("jam buka?") for one in crowd))
    await crowd[0].hears("Kami buka")
    await open_shop.daemon.stop()
    for one in crowd:
        statuses = [reply.status for reply in replies(open_shop.daemon, one)]
        assert statuses in ([["sent"], ["delivered"]] if one.heard else [[], ["queued"]])


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_a_reply_that_is_never_acknowledged_is_unknown_after_the_librarys_75_seconds(open_shop: Shop) -> None:
    lost = open_shop.whatsapp.loses_messages(1)
    budi, siti = open_shop.whatsapp.customer("Budi"), open_shop.whatsapp.customer("Siti")
    await budi.says("jam buka?")
    await open_shop.whatsapp.server.until(lambda: len(lost.ids) == 1, "the reply is on its way")
    await siti.says("halo")  # waits for its turn, and is no unknown one
    await siti.hears("Halo kak Siti", within=100)
    [reply] = await became(open_shop.daemon, budi, "unknown")
    assert reply.error and not budi.heard
    await became(open_shop.daemon, siti, "delivered")
