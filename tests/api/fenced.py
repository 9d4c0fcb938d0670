"""Applications behind the fences, in process and on a real socket."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
from starlette.types import ASGIApp

from wabot.api.fences import Fences, fenced
from wabot.api.server import server
from wabot.session.clock import ScriptClock

WIDE = Fences(
    per_minute=1_000_000, person_per_minute=1_000_000, tenant_per_minute=1_000_000, sends_per_minute=1_000_000
)


class Noted:
    """Keeps what is told to the log."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []

    def __call__(self, event: str, **details: Any) -> None:
        self.lines.append({"event": event, **details})


@asynccontextmanager
async def asked(
    app: ASGIApp,
    fences: Fences = WIDE,
    *,
    clock: ScriptClock | None = None,
    note: Noted | None = None,
    address: str = "203.0.113.7",
) -> AsyncIterator[httpx.AsyncClient]:
    """A client at `address` of `app` behind `fences`."""
    around = fenced(app, fences, clock or ScriptClock(), note or Noted())
    transport = httpx.ASGITransport(around, client=(address, 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://wabot.test") as client:
        yield client


@asynccontextmanager
async def served(app: ASGIApp, *, patience: float = 30.0) -> AsyncIterator[int]:
    """`app` on a real socket of this machine, by the server that `wabot run --api` has; its port."""
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listening:
        serving = server(app, patience=patience, timeout_graceful_shutdown=1)
        running = asyncio.create_task(serving.serve([listening]))
        while not serving.started:
            await asyncio.sleep(0.01)
        try:
            yield listening.getsockname()[1]
        finally:
            serving.should_exit = True
            await asyncio.wait_for(running, 20)


class Wire:
    """A connection on which a test writes bytes as it likes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def write(self, data: bytes) -> None:
        self._writer.write(data)
        with suppress(ConnectionError):
            await self._writer.drain()

    async def rest(self) -> bytes:
        """Whatever comes until the other side closes."""
        with suppress(ConnectionError):
            return await asyncio.wait_for(self._reader.read(-1), 30)
        return b""

    async def head(self) -> bytes:
        """The head of the next answer."""
        return await asyncio.wait_for(self._reader.readuntil(b"\r\n\r\n"), 30)

    async def body(self, size: int) -> bytes:
        return await asyncio.wait_for(self._reader.readexactly(size), 30)


@asynccontextmanager
async def wire(port: int, address: str = "127.0.0.1") -> AsyncIterator[Wire]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
    try:
        yield Wire(reader, writer)
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
