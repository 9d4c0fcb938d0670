"""Nothing that a client does here reaches another machine."""

import asyncio
import os
import sys
from typing import Final

import pytest

from tests.whatsapp.live import Live
from tests.whatsapp.paired import pair
from tests.whatsapp.people import content
from tests.whatsapp.sockets import Peer, Watch, family
from tests.whatsapp.whatsapp import WhatsApp

FAR: Final = "192.0.2.1"
"""An address that belongs to nobody (RFC 5737)."""


async def test_pairing_answering_and_downloading_reach_nothing_but_this_machine(live: Live) -> None:
    whatsapp = live.whatsapp
    phone = whatsapp.phone("6281100000000", "Warung")
    live.tenant()
    with Watch(lambda: family(os.getpid())[1:]) as watch:
        await pair(whatsapp, phone, live.keys())
        await live.start()
        await phone.connected()
        budi = whatsapp.customer("Budi", addressing="pn")
        await budi.sends(content.file(whatsapp.media, "image", b"foto", caption="jam buka?"))
        await budi.says("halo, lihat https://example.org ya")
        await budi.hears("ada yang bisa dibantu?")
    assert watch.seen and not watch.elsewhere
    ports = {peer.port for peer in watch.seen}
    assert ports == {whatsapp.proxy.port}, f"{ports}: only the proxy"
    assert all(asked.allowed for asked in whatsapp.proxy.asked)


async def test_the_proxy_refuses_every_other_name_and_remembers_it(whatsapp: WhatsApp) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", whatsapp.proxy.port)
    writer.write(b"CONNECT api.example.org:443 HTTP/1.1\r\n\r\n")
    assert (await reader.readline()).split()[1] == b"403"
    writer.close()
    for target in ("web.whatsapp.com:80", "127.0.0.1:22", "web.whatsapp.com.example.org:443"):
        reader, writer = await asyncio.open_connection("127.0.0.1", whatsapp.proxy.port)
        writer.write(f"CONNECT {target} HTTP/1.1\r\n\r\n".encode())
        assert (await reader.readline()).split()[1] == b"403"
        writer.close()
    assert len(whatsapp.proxy.asked) == 4
    assert not any(asked.allowed for asked in whatsapp.proxy.asked)


async def test_the_watch_sees_a_socket_that_points_elsewhere() -> None:
    # Naming the peer of a UDP socket sends nothing.
    program = f"import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.connect(('{FAR}', 53)); print(1); input()"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-uc", program, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None and process.stdin is not None
    said = await process.stdout.readline()
    with Watch(lambda: family(process.pid)) as watch:
        while watch.looks < 2 and said:
            await asyncio.sleep(0.01)
    process.stdin.close()
    await process.wait()
    if not said:
        pytest.skip("this machine has no way out at all")
    assert watch.elsewhere == {Peer("udp", FAR, 53)}
