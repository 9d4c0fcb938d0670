"""Many customers at once, and neighbours who die: everybody is answered once, and can read it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.live.rules import RULES
from tests.whatsapp.live import Live
from tests.whatsapp.paired import Paired
from tests.whatsapp.people.customer import Customer
from tests.whatsapp.people.phone import Phone
from tests.whatsapp.shop import Shop

CROWD = 50
PAUSE = 0.6
"""Seconds between rounds: no shop may send more than 600 messages a minute."""


def answered(number: int) -> str:
    return f"Nomor {number} siap kak."


async def all_hear(shop: Shop, crowd: list[Customer], numbers: range) -> None:
    """Everybody reads an answer to each number, in that order, and nothing else."""
    wanted = [answered(number) for number in numbers]
    for one in crowd:
        await one.hears(wanted[-1])
    assert all([heard.text for heard in one.heard] == wanted for one in crowd)
    assert not [error for one in crowd for error in one.unreadable]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("pieces", [1, 3])
async def test_50_customers_who_write_at_once_can_all_read_their_answers(open_shop: Shop, pieces: int) -> None:
    crowd = [open_shop.whatsapp.customer(f"Orang {number}") for number in range(CROWD)]
    for number in range(pieces):
        await asyncio.gather(*(one.says(f"nomor {number}") for one in crowd))
    await all_hear(open_shop, crowd, range(pieces))


@pytest.mark.asyncio(loop_scope="module")
async def test_50_customers_who_wrote_during_an_outage_can_all_read_their_answers(open_shop: Shop) -> None:
    crowd = [open_shop.whatsapp.customer(f"Orang {number}") for number in range(CROWD)]
    open_shop.whatsapp.goes_away()
    await open_shop.phone.disconnected()
    for number in range(2):
        await asyncio.gather(*(one.says(f"nomor {number}") for one in crowd))
    open_shop.whatsapp.comes_back()
    await all_hear(open_shop, crowd, range(2))


@asynccontextmanager
async def killed_again_and_again(daemon: Live, phone: Phone, times: int, every: float) -> AsyncIterator[list[int]]:
    """One tenant's process dies each time that it has come up, within the block. Yields the kills, as they happen."""
    kills: list[int] = []

    async def kill() -> None:
        while len(kills) < times:
            with (daemon.rules / "toko" / "rules.yaml").open("a", encoding="utf-8") as file:
                file.write("# and again\n")  # who is parked after five crashes is started by a change of its files
            await phone.connected()
            await asyncio.sleep(every)
            kills.append(daemon.session("toko"))
            await daemon.kills(phone, "toko")

    killing = asyncio.create_task(kill())
    try:
        yield kills
    finally:
        killing.cancel()


async def neighbours(live: Live, paired_once: Paired, paired_too: Paired, times: int, every: float) -> None:
    phone, other = live.phone(paired_once), live.phone(paired_too, "toko")
    live.tenant("warung", RULES, max_per_minute="600", max_per_contact_per_day="1000")
    live.tenant("toko", RULES)
    await live.start()
    await phone.connected()
    session = live.session("warung")
    asked = 0
    async with killed_again_and_again(live, other, times, every) as kills:
        while len(kills) < times:
            # New ones each round: who asks again and again is taken for a machine.
            crowd = [live.whatsapp.customer(f"Orang {number}", of=phone) for number in range(2)]
            for number in range(3):
                await asyncio.gather(*(one.says(f"nomor {number}") for one in crowd))
                for one in crowd:
                    await one.hears(answered(number))
            assert all([heard.text for heard in one.heard] == list(map(answered, range(3))) for one in crowd)
            assert not [error for one in crowd for error in one.unreadable]
            asked += 1
            await asyncio.sleep(PAUSE)
    assert asked >= times
    assert live.session("warung") == session


async def test_customers_notice_nothing_of_a_neighbour_whose_process_is_killed_again_and_again(
    live: Live, paired_once: Paired, paired_too: Paired
) -> None:
    await neighbours(live, paired_once, paired_too, times=3, every=0)


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_customers_notice_nothing_of_a_neighbour_that_is_killed_every_3_seconds_for_a_minute(
    live: Live, paired_once: Paired, paired_too: Paired
) -> None:
    await neighbours(live, paired_once, paired_too, times=20, every=3)
