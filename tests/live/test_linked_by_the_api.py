"""A phone that is linked by somebody at a front end: over the API's process, with a code that is shown as a picture."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from tests.api.front import Api, Front
from tests.api.sockets import Client
from tests.tenants import number_of
from tests.whatsapp.archive import Old
from tests.whatsapp.camera import seen
from tests.whatsapp.live import PATIENCE, Live
from tests.whatsapp.wire.clock import now
from tests.whatsapp.wire.protobufs import e2e
from wabot.api.door import open_door
from wabot.api.house import House
from wabot.channel.neonize.linked import read_linked
from wabot.session.clock import RealClock

PHONE = number_of("warung")


@asynccontextmanager
async def at_a_front_end(live: Live) -> AsyncIterator[tuple[Front, Client]]:
    """Somebody who is logged in to the daemon's API, and listens."""
    await live.start("--api", "127.0.0.1:0")
    await live.says("the API listens")
    await live.says("a person must act")
    found = re.search(r"the API listens\W.*?address=([\d.:]+)", live.said())
    assert found is not None
    url, door = f"http://{found[1]}", open_door(live.data, RealClock())
    client = Client()
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE) as asking:
        front = Api(House(live.data, dict, RealClock(), door), None, asking, door).front()
        await client.connect(url, {"token": front.token}, "/whatsapp", "/messages")
        await client.say("join-tenant", {"tenantId": "warung"}, "/whatsapp")
        try:
            yield front, client
        finally:
            await client.io.disconnect()
            await door.close()


async def status(client: Client, wanted: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while not any(one["status"] == wanted for one in client.all("connection-status")):
            await asyncio.sleep(0.02)


async def test_a_phone_scans_the_code_of_a_front_end_answers_customers_and_is_unlinked(live: Live) -> None:
    live.tenant()
    phone = live.whatsapp.phone(PHONE)
    budi, ani = live.whatsapp.customer("Budi"), live.whatsapp.customer("Ani")
    phone.remembers(ani, [Old("H1", e2e.Message(conversation="pesan 2 porsi"), now() - 86_400)])
    async with at_a_front_end(live) as (front, client):
        before = await front.get("/api/whatsapp/status")
        assert (before["status"], before["isOnline"], before["lastConnected"]) == ("disconnected", False, None)
        given_up = await front.post("/api/whatsapp/connect")
        assert (await front.delete("/api/whatsapp/disconnect"))["message"] == "Linking was given up."
        await status(client, "disconnected")
        offered = await front.post("/api/whatsapp/connect")
        assert offered["qrCode"] != given_up["qrCode"]
        assert (offered["status"], offered["sessionId"]) == ("qr_pending", "warung")
        assert (await front.post("/api/whatsapp/connect"))["qrCode"] == offered["qrCode"], "it joins the attempt"
        assert (await client.hears("qr-code", 2))["qrCode"] == offered["qrCode"]
        assert (await front.get("/api/whatsapp/status"))["status"] == "qr_pending"
        await phone.scans(seen(offered["qrCode"]))
        await status(client, "connecting")
        await status(client, "connected")
        assert client.all("connection-status")[-1]["phoneNumber"] == PHONE
        await budi.says("jam buka?")
        await budi.hears("Kami buka tiap hari kak.")
        told = [one["message"]["content"] for one in (await _two(client))]
        assert told == ["jam buka?", "Kami buka tiap hari kak."]
        stands = await front.get("/api/whatsapp/status")
        assert (stands["status"], stands["isOnline"], stands["phoneNumber"]) == ("connected", True, PHONE)
        assert stands["lastConnected"]
        again = await front.post("/api/whatsapp/connect")
        assert (again["status"], again["phoneNumber"]) == ("connected", PHONE)
        answer = await client.say("disconnect-whatsapp", {"tenantId": "warung"}, "/whatsapp")
        assert answer["success"], answer
        assert (await client.hears("session-expired"))["reason"]
        assert read_linked(live.keys()) is None
        assert (await front.delete("/api/whatsapp/disconnect"))["message"] == "No phone is linked."


async def _two(client: Client) -> list[dict[str, dict[str, str]]]:
    await client.hears("new-message", 2)
    return [dict(one) for one in client.all("new-message")]
