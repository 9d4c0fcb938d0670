"""Connected, but deaf: the library's events end, cannot be read, or differ from what the library itself says."""

from pathlib import Path

from tests.live.alone import alone
from tests.live.states import stands
from tests.whatsapp.paired import Paired
from tests.whatsapp.shop import Shop
from tests.whatsapp.whatsapp import WhatsApp
from tests.whatsapp.wire.clock import now
from tests.whatsapp.wire.node import Attrs, Node
from tests.whatsapp.wire.protobufs import e2e


async def test_events_that_end_are_begun_again_at_once_and_what_comes_then_is_answered(shop: Shop) -> None:
    budi = shop.whatsapp.customer("Budi", "6281234567801")
    await budi.says("jam buka?")
    answer = await budi.hears("Kami buka")
    connection = shop.phone.client.connection
    assert connection
    # The library has no name for this receipt, and ends its events over it.
    attrs: Attrs = {"from": budi.jid, "id": answer.id, "t": str(now()), "type": "server-error"}
    await connection.send(Node("receipt", attrs))
    await shop.whatsapp.server.until(lambda: shop.whatsapp.server.logins == 2, "it logs in again")
    await budi.says("jam buka kak?")
    await budi.hears("Kami buka")
    assert "session died" not in shop.daemon.said()
    await stands(shop.daemon, "connected")


async def test_a_text_that_is_no_text_takes_nobody_along(shop: Shop) -> None:
    budi, siti = shop.whatsapp.customer("Budi", "6281234567801"), shop.whatsapp.customer("Siti", "6281234567802")
    text = e2e.Message.FromString(b"\x0a\x0bhalo \xff\xfe kak")
    place = e2e.Message.FromString(b"\x2a\x05\x1a\x03to\xff")
    await budi.sends(text)
    await budi.sends(place)
    await siti.says("jam buka?")
    await budi.hears("Halo kak Budi")
    await siti.hears("Kami buka")
    assert shop.whatsapp.server.logins == 1


async def test_a_library_that_no_longer_tells_is_found_out(
    whatsapp: WhatsApp, paired_once: Paired, place: Path
) -> None:
    async with alone(whatsapp, paired_once, place, look_seconds=0.2) as channel:
        await channel.is_("connected")
        await channel.deafen()
        whatsapp.goes_away()
        assert await channel.ended() == "The WhatsApp library no longer tells what happens on its connection."


async def test_a_number_that_is_quiet_is_left_alone(whatsapp: WhatsApp, paired_once: Paired, place: Path) -> None:
    async with alone(whatsapp, paired_once, place, look_seconds=0.02) as channel:
        await channel.is_("connected")
        await channel.until(lambda told: told.get("looks", 0) >= 30)
        assert whatsapp.server.logins == 1
        assert whatsapp.phones[0].client.connection
