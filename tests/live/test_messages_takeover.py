"""The owner answers on the phone: the bot keeps silent in that chat."""

import pytest

from tests.live.seen import became, conversation, messages
from tests.whatsapp.people.customer import Addressing
from tests.whatsapp.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("addressing", ["lid", "pn"])
@pytest.mark.parametrize("alt", [True, False], ids=["with the other name", "without the other name"])
async def test_a_reply_that_waits_is_cancelled_when_the_owner_answers_on_the_phone(
    open_shop: Shop, addressing: Addressing, alt: bool
) -> None:
    budi = open_shop.whatsapp.customer("Budi", addressing=addressing, alt=alt)
    await budi.says("pelan")
    await became(open_shop.daemon, budi, "queued")
    await open_shop.phone.types(budi, "saya sendiri ya", alt=alt)
    [reply] = await became(open_shop.daemon, budi, "failed")
    assert reply.error == "handled_by_person"
    chat = conversation(open_shop.daemon, budi)
    assert chat is not None and chat.taken_by == "phone" and chat.paused_until is not None
    await budi.says("halo")
    siti = open_shop.whatsapp.customer("Siti")
    await siti.says("pelan")  # the bot goes on elsewhere, and has had the time to break its silence here
    await siti.hears("Pelan tapi pasti kak.")
    assert [heard.text for heard in budi.heard] == ["saya sendiri ya"]
    assert [(item.sender, item.text) for item in messages(open_shop.daemon, budi)][-2:] == [
        ("cs", "saya sendiri ya"),
        ("customer", "halo"),
    ]
