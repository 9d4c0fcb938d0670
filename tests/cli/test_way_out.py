"""`wabot doctor --online` goes the way that the daemon would go: through the proxy, if one is set."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.cli.typed import Typed
from tests.whatsapp.wire.proxy import ConnectProxy
from wabot.cli.health import machine
from wabot.cli.health.finding import Checked
from wabot.cli.health.way_out import whatsapp


async def found(proxy: str) -> Checked:
    return await asyncio.to_thread(whatsapp, {"WABOT_WHATSAPP_PROXY": proxy})


@asynccontextmanager
async def server(answer: Callable[[asyncio.StreamReader, asyncio.StreamWriter], object]) -> AsyncIterator[int]:
    """Something on this machine that listens, and what port it has."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        result = answer(reader, writer)
        if asyncio.iscoroutine(result):
            await result
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        yield listening.sockets[0].getsockname()[1]


@asynccontextmanager
async def connect_proxy(routes: dict[str, int]) -> AsyncIterator[ConnectProxy]:
    proxy = ConnectProxy(routes)
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.stop()


async def test_an_http_proxy_that_leads_to_whatsapp_is_enough(
    wabot: Typed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(machine, "_libraries", lambda: iter(()))
    async with server(lambda _reader, _writer: None) as port, connect_proxy({"web.whatsapp.com:443": port}) as proxy:
        monkeypatch.setenv("WABOT_WHATSAPP_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.chdir(tmp_path)
        said = await asyncio.to_thread(wabot, "doctor", "--online")
        assert [one.target for one in proxy.asked] == ["web.whatsapp.com:443"]
    way = f"web.whatsapp.com:443 can be reached through the proxy 127.0.0.1:{proxy.port} (WABOT_WHATSAPP_PROXY)"
    assert f"ok    machine: {way}" in said.out
    assert said.code == 0


async def test_the_proxy_may_stand_in_the_node_file(tmp_path: Path) -> None:
    async with server(lambda _reader, _writer: None) as port, connect_proxy({"web.whatsapp.com:443": port}) as proxy:
        node = tmp_path / "node.yaml"
        node.write_text(f'version: 1\nwhatsapp: {{proxy: "http://127.0.0.1:{proxy.port}"}}\n')
        assert (await asyncio.to_thread(whatsapp, {"WABOT_NODE": str(node)})).level == "ok"
        assert proxy.asked


async def test_a_proxy_that_refuses_is_told_from_one_that_is_not_there() -> None:
    async with connect_proxy({}) as proxy:
        one = await found(f"http://127.0.0.1:{proxy.port}")
        assert (one.level, "does not lead to web.whatsapp.com:443 (403 Forbidden)" in one.found) == ("fail", True)
        assert "let the proxy lead to web.whatsapp.com:443" in one.do
    for scheme in ("http", "socks5"):
        one = await found(f"{scheme}://budi:rahasia@127.0.0.1:{proxy.port}")
        assert one.level == "fail"
        assert f"the proxy 127.0.0.1:{proxy.port} (WABOT_WHATSAPP_PROXY) cannot be reached" in one.found
        assert "is it running" in one.do
        assert "rahasia" not in str(one)


@pytest.mark.parametrize(
    ("address", "reply", "level", "why"),
    [
        ("socks5://127.0.0.1:{}", 0, "ok", "can be reached through the proxy"),
        ("socks5://budi:rahasia@127.0.0.1:{}", 0, "ok", "can be reached through the proxy"),
        ("socks5://budi:salah@127.0.0.1:{}", 0, "fail", "it wants another name and password"),
        ("socks5://127.0.0.1:{}", 2, "fail", "does not lead to web.whatsapp.com:443 (not allowed)"),
    ],
)
async def test_a_socks_proxy_is_asked_for_the_name(address: str, reply: int, level: str, why: str) -> None:
    asked = []

    async def socks(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, methods = await reader.readexactly(2)
        secret = 2 in await reader.readexactly(methods)
        writer.write(b"\x05\x02" if secret else b"\x05\x00")
        if secret:
            user = await reader.readexactly((await reader.readexactly(2))[1])
            password = await reader.readexactly((await reader.readexactly(1))[0])
            right = (user, password) == (b"budi", b"rahasia")
            writer.write(b"\x01\x00" if right else b"\x01\x01")
            if not right:
                return
        length = (await reader.readexactly(5))[4]
        asked.append((await reader.readexactly(length), int.from_bytes(await reader.readexactly(2), "big")))
        writer.write(bytes([5, reply, 0, 1, 0, 0, 0, 0, 0, 0]))

    async with server(socks) as port:
        one = await found(address.format(port))
    assert one.level == level
    assert why in one.found
    assert asked == ([] if "salah" in address else [(b"web.whatsapp.com", 443)])


async def test_what_is_no_proxy_is_said() -> None:
    async with server(lambda _reader, writer: writer.write(b"220 smtp.example\r\n")) as port:
        for scheme in ("http", "socks5"):
            one = await found(f"{scheme}://127.0.0.1:{port}")
            assert (one.level, "its answer is none of" in one.found) == ("fail", True), one
    for address in ("proxy.example:8080", "ftp://budi:rahasia@proxy.example", "http://127.0.0.1:x", "http://"):
        one = await found(address)
        assert (one.found, one.do) == (
            "WABOT_WHATSAPP_PROXY is no address of a proxy",
            "write http://HOST:PORT or socks5://HOST:PORT",
        )
