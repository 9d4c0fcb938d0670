"""The link breaks: nothing that was sent meanwhile is lost, and nobody is told more than what happened."""

import asyncio
import re
from pathlib import Path

import httpx

from tests.live.alone import alone
from tests.live.states import stands
from tests.whatsapp.live import PATIENCE, Live
from tests.whatsapp.paired import Paired
from tests.whatsapp.shop import Shop
from tests.whatsapp.whatsapp import WhatsApp
from tests.whatsapp.wire.node import Node


async def test_a_cut_socket_is_made_again_and_nothing_is_lost(shop: Shop) -> None:
    budi = shop.whatsapp.customer("Budi", "6281234567801")
    for number in range(3):
        await stands(shop.daemon, "connected")
        shop.whatsapp.cut()
        await budi.says(f"jam buka {number}?")
        await budi.hears("Kami buka")
    said = shop.daemon.said()
    assert "session died" not in said
    assert said.count("disconnected") <= 3
    await stands(shop.daemon, "connected")


async def test_each_connection_that_is_cut_and_made_again_is_counted(live: Live, paired_once: Paired) -> None:
    phone = live.phone(paired_once)
    live.tenant()
    await live.start("--listen", "127.0.0.1:0")
    await phone.connected()
    await stands(live, "connected")
    live.whatsapp.cut()
    await live.says("address=127")
    (address,) = re.findall(r"address=(127[0-9.:]+)", live.said())
    async with asyncio.timeout(PATIENCE), httpx.AsyncClient() as client:
        while (
            'wabot_session_reconnects_total{tenant="warung"} 1.0'
            not in (await client.get(f"http://{address}/metrics")).text
        ):
            await asyncio.sleep(0.1)


async def test_while_whatsapp_refuses_connections_the_reason_is_told_and_what_came_meanwhile_is_answered_later(
    shop: Shop,
) -> None:
    budi = shop.whatsapp.customer("Budi", "6281234567801")
    shop.whatsapp.goes_away()
    held = await stands(shop.daemon, "disconnected", detail="WhatsApp cannot be reached: ")
    assert held.detail.endswith("The bot keeps trying.")
    await budi.says("jam buka?")
    shop.whatsapp.comes_back()
    await budi.hears("Kami buka")
    await stands(shop.daemon, "connected")


async def test_what_was_said_into_a_link_that_hung_is_answered_once_it_breaks(shop: Shop) -> None:
    budi = shop.whatsapp.customer("Budi", "6281234567801")
    shop.whatsapp.hangs()
    await budi.says("jam buka?")
    shop.whatsapp.cut()
    shop.whatsapp.flows()
    await budi.hears("Kami buka")


async def test_an_outage_of_minutes_is_for_a_new_process(whatsapp: WhatsApp, paired_once: Paired, place: Path) -> None:
    async with alone(whatsapp, paired_once, place, cut_seconds=3) as channel:
        await channel.is_("connected")
        whatsapp.goes_away()
        assert "of reach for 0.05 minutes" in await channel.ended()
        assert len(whatsapp.proxy.asked) >= 3  # counted from the cut, not from the last of these


async def test_who_starts_in_an_outage_calls_a_person_once_it_lasts(
    whatsapp: WhatsApp, paired_once: Paired, place: Path
) -> None:
    whatsapp.goes_away()
    async with alone(whatsapp, paired_once, place, cut_seconds=1) as channel:
        told = await channel.is_("disconnected")
        assert (told["detail"][:28], told["action"]) == ("WhatsApp cannot be reached: ", "")
        told = await channel.is_("disconnected")
        assert told["action"] == "Look at the network of this machine: `wabot doctor --online`."
        whatsapp.comes_back()
        await channel.is_("connected")


async def test_an_outage_does_not_begin_anew_with_a_process(
    whatsapp: WhatsApp, paired_once: Paired, place: Path
) -> None:
    whatsapp.goes_away()
    async with alone(whatsapp, paired_once, place, out_seconds=301) as channel:
        told = await channel.is_("disconnected")
        assert told["action"] == "Look at the network of this machine: `wabot doctor --online`."


async def test_a_login_that_is_never_answered_is_for_a_new_process(
    whatsapp: WhatsApp, paired_once: Paired, place: Path
) -> None:
    whatsapp.server.faults.mute = True
    async with alone(whatsapp, paired_once, place, login_seconds=1) as channel:
        assert await channel.ended() == "WhatsApp did not answer the login. A new process tries again."


async def test_a_number_that_is_open_elsewhere_is_left_to_a_person(shop: Shop) -> None:
    connection = shop.phone.client.connection
    assert connection
    await connection.dismiss(Node("stream:error", {}, [Node("conflict", {"type": "replaced"})]))
    await shop.daemon.says("a person must act before it can run again")
    shown = await shop.daemon.status()
    assert shown["status"] == "replaced"
    assert shown["detail"].startswith("The number is open elsewhere: ")
    assert shown["action"].startswith("Stop the other copy")
    assert shop.whatsapp.server.logins == 1


async def test_a_bot_that_is_unlinked_on_the_phone_stops_and_keeps_what_it_knows(shop: Shop) -> None:
    budi = shop.whatsapp.customer("Budi", "6281234567801")
    await budi.says("jam buka?")
    await budi.hears("Kami buka")
    await shop.phone.unlinks()
    await shop.daemon.says("a person must act before it can run again")
    shown = await shop.daemon.status()
    assert (shown["status"], shown["received"]) == ("logout", 1)
    assert "unlinked on the phone" in shown["detail"]
    assert shop.whatsapp.server.logins == 1
