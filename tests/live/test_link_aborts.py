"""WhatsApp says what makes the library abort: one tenant's process dies again and again, and nobody else's."""

import asyncio
import signal
from pathlib import Path

from tests.live.states import stands, state
from tests.tenants import number_of
from tests.whatsapp.live import Live
from tests.whatsapp.paired import Paired, paired


async def test_a_login_that_kills_the_process_is_given_up_and_the_other_tenant_goes_on(
    live: Live, paired_once: Paired, place: Path
) -> None:
    live.environment["WABOT_RESTART_WAIT"] = "0.05"
    toko = live.phone(await paired(place / "toko", number_of("toko"), "Toko"), "toko")
    live.tenant("toko", max_per_minute="600")
    await live.start()
    await toko.connected()
    live.whatsapp.refuses(414)
    warung = live.phone(paired_once)
    live.tenant()
    while state(live).status != "parked":
        siti = live.whatsapp.customer("Siti", of=toko)
        await siti.says("jam buka?")
        await siti.hears("Kami buka")
        assert not siti.unreadable
        await asyncio.sleep(0.3)  # a customer now and then
    parked = await stands(live, "parked")
    assert parked.detail == "it crashed 5 times within 60 s (killed by signal 6 while it was connecting)"
    assert "`wabot logs warung`" in parked.action
    assert "while it was connecting" in (live.data / "warung" / "log" / "wabot.jsonl").read_text("utf-8")
    live.whatsapp.refuses(0)
    assert live.process
    live.process.send_signal(signal.SIGHUP)  # as `wabot reload` does
    await warung.connected()
