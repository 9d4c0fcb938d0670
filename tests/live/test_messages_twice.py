"""What comes more than once, or comes back to who sent it, is one message and no person's."""

import pytest

from tests.live.seen import became, conversation, messages, replies, texts
from tests.whatsapp.shop import Shop
from tests.whatsapp.wire.protobufs import e2e

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("sealed_anew", [False, True], ids=["the same bytes", "encrypted anew"])
async def test_a_message_that_comes_twice_is_stored_once_and_answered_once(open_shop: Shop, sealed_anew: bool) -> None:
    budi = open_shop.whatsapp.customer("Budi")
    id = await budi.says("jam buka?")
    await budi.repeats(id, sealed_anew=sealed_anew)
    await budi.hears("Kami buka tiap hari kak.")
    await budi.repeats(id, sealed_anew=sealed_anew)
    await budi.says("halo")
    await budi.hears("Halo kak Budi")  # within a chat replies keep their order: a second one would be here by now
    assert [heard.text for heard in budi.heard] == ["Kami buka tiap hari kak.", "Halo kak Budi, ada yang bisa dibantu?"]
    assert texts(open_shop.daemon, budi, "customer") == ["jam buka?", "halo"]
    assert not budi.unreadable


async def test_the_bots_own_reply_that_comes_back_from_another_device_is_no_person(open_shop: Shop) -> None:
    budi = open_shop.whatsapp.customer("Budi")
    await budi.says("jam buka?")
    reply = await budi.hears("Kami buka")
    await open_shop.phone.copies(budi, e2e.Message(conversation=reply.text), reply.id)
    await budi.says("halo")
    await budi.hears("Halo kak Budi")
    chat = conversation(open_shop.daemon, budi)
    assert chat is not None and (chat.taken_by, chat.paused_until) == ("", None)
    assert len(messages(open_shop.daemon, budi)) == 4


async def test_the_keys_that_the_phone_shares_are_no_person_who_answers(open_shop: Shop) -> None:
    budi = open_shop.whatsapp.customer("Budi")
    await budi.says("pelan")
    await became(open_shop.daemon, budi, "queued")
    await open_shop.phone.shares_keys()
    await budi.hears("Pelan tapi pasti kak.")
    chat = conversation(open_shop.daemon, budi)
    assert chat is not None and (chat.taken_by, chat.paused_until) == ("", None)


async def test_a_reply_from_before_a_restart_that_comes_back_is_no_person_either(open_shop: Shop) -> None:
    budi = open_shop.whatsapp.customer("Budi")
    await budi.says("jam buka?")
    reply = await budi.hears("Kami buka")
    await became(open_shop.daemon, budi, "delivered")
    await open_shop.daemon.restarts(open_shop.phone)
    await open_shop.phone.copies(budi, e2e.Message(conversation=reply.text), reply.id)
    await budi.says("halo")
    await budi.hears("Halo kak Budi")
    chat = conversation(open_shop.daemon, budi)
    assert chat is not None and (chat.taken_by, chat.paused_until) == ("", None)
    assert replies(open_shop.daemon, budi)[0].status == "delivered"
