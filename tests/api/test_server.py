"""Clients that dawdle, flood or cheat, on real sockets against the server that `wabot run --api` has."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.api.fenced import WIDE, Noted, served, wire
from wabot.api.answers import answer
from wabot.api.fences import Fences, fenced
from wabot.session.clock import ScriptClock

GET = b"GET / HTTP/1.1\r\nhost: wabot.test\r\n\r\n"


class Telling:
    """Answers with what it saw of each request."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            await receive()
            return
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message["body"]
            if not message.get("more_body"):
                break
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        self.seen.append({"method": scope["method"], "path": scope["path"], "headers": headers, "body": body})
        size = int(scope["query_string"].decode().removeprefix("size=") or 2)
        await answer("x" * (size - 2))(scope, receive, send)


async def test_a_head_that_never_comes_whole_is_given_up_and_others_are_answered_meanwhile() -> None:
    telling = Telling()
    async with served(telling, patience=0.5) as port, AsyncExitStack() as stack:
        slow = [await stack.enter_async_context(wire(port)) for _ in range(50)]
        for number, one in enumerate(slow):
            await one.write((b"", b"G", GET[:-4], b"\r\n", GET[:-2])[number % 5])
        trickling = asyncio.create_task(_trickle(slow[1]))
        quick = await stack.enter_async_context(wire(port))
        await quick.write(GET)
        assert b"200 OK" in await quick.head()
        assert await asyncio.gather(*(one.rest() for one in slow)) == [b""] * 50
        trickling.cancel()
    assert len(telling.seen) == 1


async def _trickle(one: Any) -> None:
    for byte in b"ET / HTTP/1.1\r\nx: " + b"y" * 1_000:
        await one.write(bytes([byte]))
        await asyncio.sleep(0.05)


async def test_a_connection_that_has_been_answered_may_dawdle_no_longer_than_a_new_one() -> None:
    async with served(Telling(), patience=0.5) as port, wire(port) as one:
        await one.write(GET + b"GET / HT")
        assert b"200 OK" in await one.head()
        assert await one.rest() == b'""'


async def test_whoever_takes_nothing_of_the_answer_is_given_up() -> None:
    async with served(Telling(), patience=0.5) as port, wire(port) as one, wire(port) as other:
        await one.write(b"GET /?size=30000000 HTTP/1.1\r\nhost: x\r\n\r\n")
        await asyncio.sleep(2.5)  # nothing is read meanwhile but what the system takes by itself
        assert len(await one.rest()) < 30_000_000
        await other.write(GET)


async def test_a_head_that_does_not_end_is_refused() -> None:
    telling = Telling()
    async with served(telling) as port, wire(port) as one, wire(port) as other:
        await one.write(b"GET / HTTP/1.1\r\n" + b"".join(b"x-%d: %s\r\n" % (n, b"y" * 900) for n in range(60)))
        assert b" 431 " in await one.rest()
        await other.write(b"GET / HTTP/1.1\r\nx: " + b"y" * 60_000)
        assert b" 431 " in await other.rest()
    assert telling.seen == []


async def test_ten_megabytes_are_refused_in_words_and_the_next_request_on_the_connection_is_answered() -> None:
    fences = fenced(Telling(), WIDE, ScriptClock(), Noted())
    async with served(fences) as port, wire(port) as one:
        await one.write(
            b"POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 10000000\r\n\r\n"
        )
        await one.write(b" " * 10_000_000)
        head = await one.head()
        assert b" 413 " in head
        size = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        assert b"TOO_LARGE" in await one.body(size)
        await one.write(GET)
        assert b" 200 OK" in await one.head()


@pytest.mark.parametrize(
    "request_",
    [
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ncontent-length: 40\r\n\r\nabcd",
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4, 40\r\n\r\nabcd",
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: +4\r\n\r\nabcd",
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\nabcd",
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding : chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: x\r\nx: a\r\n b: folded\r\ncontent-length: 0\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: x\r\nx: a\x00b\r\ncontent-length: 0\r\n\r\n",
        b"GET / HTTP/1.1\nhost: x\n\n",
        b"GET /\x00 HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET / HTTP/9.9\r\nhost: x\r\n\r\n",
    ],
)
async def test_what_two_servers_could_read_differently_is_read_by_none(request_: bytes) -> None:
    """Request smuggling: whatever hides in such a request must not be taken for a second one."""
    hidden = b"GET /hidden HTTP/1.1\r\nhost: x\r\n\r\n"
    telling = Telling()
    async with served(telling, patience=0.5) as port, wire(port) as one:
        await one.write(request_ + hidden)
        said = await one.rest()
    assert said.startswith(b"HTTP/1.1 400") or not said, said
    assert "/hidden" not in [seen["path"] for seen in telling.seen]


async def test_headers_that_come_after_a_body_are_no_headers() -> None:
    telling = Telling()
    async with served(telling) as port, wire(port) as one:
        await one.write(
            b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n"
            b"authorization: Bearer stolen\r\nx-forwarded-for: 10.0.0.1\r\n\r\n"
        )
        assert b" 200 OK" in await one.head()
    (seen,) = telling.seen
    assert seen["body"] == b"hi"
    assert set(seen["headers"]) == {"host", "transfer-encoding"}


async def test_a_thousand_sockets_of_one_address_leave_room_for_others() -> None:
    fences = Fences(per_minute=1_000_000, sockets=100)
    app: ASGIApp = fenced(Telling(), fences, ScriptClock(), Noted())
    upgrade = (
        b"GET /socket.io/ HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
        b"sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    async with served(app) as port, AsyncExitStack() as stack:
        wires = [await stack.enter_async_context(wire(port)) for _ in range(1_000)]
        for one in wires:
            await one.write(upgrade)
        heads = [await one.head() for one in wires]
        assert sum(b" 101 " in head for head in heads) == 100
        assert sum(b" 429 " in head for head in heads) == 900
        other = await stack.enter_async_context(wire(port, "127.0.0.2"))
        await other.write(upgrade)
        assert b" 101 " in await other.head()
        quick = await stack.enter_async_context(wire(port, "127.0.0.2"))
        await quick.write(GET)
        assert b" 200 OK" in await quick.head()


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (b"https://evil.example", b" 403 "),
        (b"https://inbox.example", b" 101 "),
        (b"http://wabot.test", b" 101 "),
        (b"null", b" 403 "),
    ],
)
async def test_a_socket_is_opened_by_pages_that_may_ask_alone(origin: bytes, status: bytes) -> None:
    fences = Fences(origins=("https://inbox.example",))
    async with served(fenced(Telling(), fences, ScriptClock(), Noted())) as port, wire(port) as one:
        await one.write(
            b"GET /socket.io/ HTTP/1.1\r\nhost: wabot.test\r\nupgrade: websocket\r\nconnection: upgrade\r\norigin: "
            + origin
            + b"\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        assert status in await one.head()


async def test_a_flood_is_answered_with_refusals_and_the_server_stands() -> None:
    fences = Fences(per_minute=100)
    async with served(fenced(Telling(), fences, ScriptClock(), Noted())) as port, AsyncExitStack() as stack:
        wires = [await stack.enter_async_context(wire(port)) for _ in range(50)]
        for one in wires:
            await one.write(GET * 20)
        statuses = [status for one in wires for status in await _statuses(one, 20)]
        assert statuses.count(200) == 100
        assert statuses.count(429) == 900
        other = await stack.enter_async_context(wire(port, "127.0.0.3"))
        await other.write(GET)
        assert b" 200 OK" in await other.head()


async def _statuses(one: Any, count: int) -> list[int]:
    found = []
    for _ in range(count):
        head = await one.head()
        found.append(int(head.split(b" ")[1]))
        await one.body(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
    return found
