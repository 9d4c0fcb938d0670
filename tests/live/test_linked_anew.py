"""What is known of customers does not end with the link: a phone that is linked anew begins with an empty key store."""

import asyncio

from tests.whatsapp.live import Live
from tests.whatsapp.paired import Paired


async def test_a_reply_that_waits_still_goes_to_the_lid_of_a_customer_without_a_number(
    live: Live, paired_once: Paired
) -> None:
    phone = live.phone(paired_once)
    live.tenant(delay="8s")
    await live.start()
    await phone.connected()
    ani = live.whatsapp.customer("Ani", alt=False)
    await ani.says("jam buka?")
    while not (await live.status())["outbox"]:
        await asyncio.sleep(0.05)
    await live.stop()
    for file in live.keys().parent.glob("keys.db*"):
        file.unlink()
    paired_once.copy_to(live.keys())
    assert not ani.heard
    await live.start()
    heard = await ani.hears("Kami buka tiap hari kak.")
    assert heard.node.attrs["to"] == ani.jid
