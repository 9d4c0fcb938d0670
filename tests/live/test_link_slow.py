"""What takes real minutes: `make test-slow`."""

import asyncio
from pathlib import Path

import pytest

from tests.live.alone import alone
from tests.live.states import stands, state
from tests.whatsapp.paired import Paired
from tests.whatsapp.shop import Shop
from tests.whatsapp.whatsapp import WhatsApp

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


async def test_a_link_that_hangs_is_doubted_after_a_minute_and_left_for_a_new_process_after_three(
    whatsapp: WhatsApp, paired_once: Paired, place: Path
) -> None:
    async with alone(whatsapp, paired_once, place) as channel:
        await channel.is_("connected")
        whatsapp.hangs()
        told = await channel.is_("degraded", within=120)
        assert told["detail"] == "WhatsApp does not answer. The connection may be broken."
        assert await channel.ended(within=300) == "WhatsApp no longer answers on this connection."


async def test_a_link_that_hung_for_a_minute_and_goes_on_is_kept(
    whatsapp: WhatsApp, paired_once: Paired, place: Path
) -> None:
    async with alone(whatsapp, paired_once, place) as channel:
        await channel.is_("connected")
        whatsapp.hangs()
        await channel.is_("degraded", within=120)
        whatsapp.flows()
        await channel.is_("connected", within=120)
        assert whatsapp.server.logins == 1


async def test_after_two_minutes_of_refused_connections_what_came_meanwhile_is_answered(shop: Shop) -> None:
    budi = shop.whatsapp.customer("Budi")
    shop.whatsapp.goes_away()
    await stands(shop.daemon, "disconnected")
    await budi.says("jam buka?")
    began = asyncio.get_running_loop().time()
    while asyncio.get_running_loop().time() - began < 120:
        await asyncio.sleep(1)
        assert state(shop.daemon).status == "disconnected"
    shop.whatsapp.comes_back()
    await budi.hears("Kami buka", within=60)
    assert "session died" not in shop.daemon.said()
