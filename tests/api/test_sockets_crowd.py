"""Socket.IO when somebody asks too much of it, and when tenants live in one house."""

import asyncio
import json
import socket
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import ClientConnection, connect

from tests.api.sockets import Served, served, until
from tests.session.stage import stage
from tests.tenants import rules, write_tenant
from wabot.api.fences import Fences
from wabot.api.live.events import MESSAGES
from wabot.api.live.gateway import room_of
from wabot.store.sqlite import open_store

_HANDSHAKE = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {host}\r\n"
    "Connection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)


async def test_a_thousand_sockets_of_one_address_are_a_hundred_and_the_others_are_served(tmp_path: Path) -> None:
    async with (
        stage(tmp_path, home="data/warung") as shop,
        served(tmp_path / "data", {"warung": shop.folder}, shop.clock, fences=Fences(per_minute=10_000)) as api,
        api.connected() as ibu,
    ):
        await ibu.hears("ready")
        place, open_ones = urlsplit(api.url), list[asyncio.StreamWriter]()

        async def opens() -> int:
            reader, writer = await asyncio.open_connection(place.hostname, place.port)
            open_ones.append(writer)
            writer.write(_HANDSHAKE.format(host=place.netloc).encode())
            return int((await reader.readline()).split()[1])

        statuses = Counter[int]()
        for _ in range(10):
            statuses.update(await asyncio.gather(*(opens() for _ in range(100))))
        assert statuses == {101: 99, 429: 901}
        await shop.say("jam buka?")
        await ibu.hears("new-message", 2)
        assert (await api.front().get("/api/whatsapp/status"))["isOnline"]
        for writer in open_ones:
            writer.close()


async def test_a_client_that_does_not_read_is_cut_and_keeps_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wabot.api.live.gateway._CHECK", 0.05)
    monkeypatch.setattr("wabot.api.live.gateway._SLOW", 30)
    async with (
        stage(tmp_path, home="data/warung") as shop,
        served(tmp_path / "data", {"warung": shop.folder}, shop.clock) as api,
        api.connected() as ibu,
        connect(
            f"ws{api.url.removeprefix('http')}/socket.io/?EIO=4&transport=websocket",
            sock=hard_of_hearing(api.url),
            max_queue=1,
            close_timeout=0.1,
        ) as deaf,
    ):
        gateway = api.house.parts["live"]
        await joins(deaf, api)
        await until(lambda: len(list(gateway.seats)) == 2)
        for number in range(300):
            await gateway.emit("filler", {"number": number, "text": "x" * 20_000}, room_of("warung"), MESSAGES)
            await asyncio.sleep(0)
        await until(lambda: len(list(gateway.seats)) == 1)
        await ibu.hears("filler", 300)
        await shop.say("jam buka?")
        await ibu.hears("new-message", 2)


def hard_of_hearing(url: str) -> socket.socket:
    """A connection whose own end keeps little of what nobody reads."""
    place, made = urlsplit(url), socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    made.connect((place.hostname, place.port))
    made.setblocking(False)
    return made


async def joins(raw: ClientConnection, api: Served) -> None:
    await raw.recv()
    await raw.send(f"40/messages,{json.dumps({'token': api.front(role='operator').token})}")
    assert str(await raw.recv()).startswith("40/messages,")


async def test_nobody_hears_of_another_tenant_or_reaches_into_it(tmp_path: Path) -> None:
    toko = write_tenant(tmp_path / "rules" / "toko", rules("  []\n"))
    open_store(tmp_path / "data" / "toko", "toko")
    async with (
        stage(tmp_path, home="data/warung") as shop,
        served(tmp_path / "data", {"warung": shop.folder, "toko": toko}, shop.clock) as api,
        api.connected() as ibu,
        api.connected(api.front("toko", email="bos@toko.example"), "/messages", "/whatsapp") as bos,
    ):
        await bos.say("join-tenant", {}, "/whatsapp")
        await shop.say("rahasia")
        told = await ibu.hears("new-message")
        chat, message = told["conversationId"], told["message"]["id"]
        before = list(bos.events)
        refused = [
            await bos.say("join-tenant", {"tenantId": "warung"}, "/whatsapp"),
            await bos.say("disconnect-whatsapp", {"tenantId": "warung"}, "/whatsapp"),
            *[
                await bos.say(event, {"conversationId": chat, "messageIds": [message]})
                for event in ("join-conversation", "typing-start", "typing-stop", "mark-as-read")
            ],
            await bos.say("authenticate", {"token": api.front().token}),
        ]
        assert [answer["success"] for answer in refused] == [False] * len(refused)
        page = await bos.say("catch-up", {"cursor": "0"})
        assert page["events"] == []
        front = api.front("toko", email="bos@toko.example")
        assert (await front.get("/api/events", after="0"))["events"] == []
        assert bos.events == before
        assert "rahasia" not in json.dumps([refused, page, bos.events])
