"""A daemon that is stopped while customers write: what WhatsApp was told has arrived is there after the next start."""

import asyncio
from itertools import count

from tests.live.rules import RULES
from tests.live.seen import texts
from tests.whatsapp.live import PATIENCE, Live
from tests.whatsapp.paired import Paired

AT_ONCE = 50


async def test_stops_in_the_midst_of_a_crowd_lose_nothing(live: Live, paired_once: Paired) -> None:
    phone = live.phone(paired_once)
    live.tenant("warung", RULES)
    crowd = [live.whatsapp.customer(f"Orang {number}") for number in range(10)]
    said: list[str] = []

    async def talk() -> None:
        for number in count():
            said.append(text := f"pesan {number}")
            await asyncio.shield(crowd[number % len(crowd)].says(text))
            await asyncio.sleep(0.003)

    talking = asyncio.create_task(talk())
    for _ in range(3):
        await live.start()
        await phone.connected()
        before = len(said)
        while len(said) < before + AT_ONCE:
            await asyncio.sleep(0.01)
        assert await live.stop() == 0
    talking.cancel()
    await live.start()
    await live.whatsapp.server.until(lambda: not phone.client.waiting, "all is taken")
    async with asyncio.timeout(PATIENCE):
        while missing := set(said) - {text for one in crowd for text in texts(live, one, "customer")}:
            await asyncio.sleep(0.1)
    assert not missing
