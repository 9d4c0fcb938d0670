"""The API on a port of this machine, and clients of its sockets that nobody here wrote (python-socketio's)."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import socketio
from fastapi import FastAPI

from tests.api.front import CHEAP, Api, Front
from wabot.api.app import living, make_app
from wabot.api.door import AccountsDoor, open_door
from wabot.api.fences import Fences, fenced
from wabot.api.house import House
from wabot.api.lane import Lane
from wabot.api.live.serving import with_sockets
from wabot.api.passwords import Passwords
from wabot.api.server import server
from wabot.ports import Clock

PATIENCE: Final = 10.0


class Client:
    """Somebody connected to both namespaces, or to some. `events` holds what they were told, in its order."""

    def __init__(self) -> None:
        self.io = socketio.AsyncClient(reconnection=False, handle_sigint=False)
        self.events: list[tuple[str, Mapping[str, Any]]] = []
        self.gone: set[str] = set()
        self.refused: dict[str, Any] = {}
        for namespace in ("/messages", "/whatsapp"):
            self.io.on("*", self._heard, namespace=namespace)
            self.io.on("disconnect", self._left(namespace), namespace=namespace)
            self.io.on("connect_error", self._refused(namespace), namespace=namespace)

    async def connect(self, url: str, auth: object, *namespaces: str, transport: str = "websocket") -> None:
        """To `/messages`, unless others are named."""
        await self.io.connect(
            url,
            auth=auth,
            namespaces=list(namespaces or ("/messages",)),
            transports=[transport],
            wait_timeout=PATIENCE,
        )

    async def say(self, event: str, data: object = None, namespace: str = "/messages") -> Any:
        """What the server answers."""
        return await self.io.call(event, {} if data is None else data, namespace=namespace, timeout=PATIENCE)

    def all(self, name: str) -> list[Mapping[str, Any]]:
        return [data for event, data in self.events if event == name]

    async def hears(self, name: str, count: int = 1) -> Mapping[str, Any]:
        """The data of the `count`th event of that name."""
        await until(lambda: len(self.all(name)) >= count, lambda: f"{name} x{count} of {self.events}")
        return self.all(name)[count - 1]

    async def leaves(self, namespace: str = "/messages") -> None:
        """Return once the server is gone, or has sent the client away."""
        await until(lambda: namespace in self.gone)

    @property
    def cursors(self) -> list[int]:
        return [int(data["cursor"]) for event, data in self.events if "cursor" in data and event != "ready"]

    async def _heard(self, event: str, data: Mapping[str, Any]) -> None:
        self.events.append((event, data))

    def _left(self, namespace: str) -> Callable[..., None]:
        return lambda *_: self.gone.add(namespace)

    def _refused(self, namespace: str) -> Callable[[Any], None]:
        return lambda why: self.refused.__setitem__(namespace, why)


async def until(true: Callable[[], Any], what: Callable[[], str] = lambda: "") -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            while not true():
                await asyncio.sleep(0.005)
    except TimeoutError:
        raise AssertionError(f"it never came about: {what()}") from None


class Served(Api):
    """The API at `url`."""

    def __init__(self, house: House, app: FastAPI, client: httpx.AsyncClient, door: AccountsDoor, url: str) -> None:
        super().__init__(house, app, client, door)
        self.url = url

    @asynccontextmanager
    async def connected(self, front: Front | None = None, *namespaces: str, **auth: Any) -> AsyncIterator[Client]:
        """Connected as whoever is at that front end, the owner of warung if nobody is named."""
        one = Client()
        try:
            await one.connect(self.url, {"token": (front or self.front()).token, **auth}, *namespaces)
            yield one
        finally:
            await one.io.disconnect()


@asynccontextmanager
async def served(
    data: Path,
    tenants: Mapping[str, Path],
    clock: Clock,
    parts: Mapping[str, Any] = {},
    fences: Fences | None = None,
) -> AsyncIterator[Served]:
    """The API as its process serves it, on a port of its own, until the block ends."""
    house = House(
        data, lambda: tenants, clock, door := open_door(data, clock, passwords=Passwords(CHEAP)), parts=dict(parts)
    )
    app = make_app(house)
    listening = socket.socket(proto=socket.IPPROTO_TCP)  # or asyncio leaves Nagle on
    listening.bind(("127.0.0.1", 0))
    serving = server(
        fenced(with_sockets(house, Lane(house, app)), fences or Fences(per_minute=10_000), clock, house.report.note),
        timeout_graceful_shutdown=1,
    )
    async with living(house):
        running = asyncio.create_task(serving.serve([listening]))
        try:
            await until(lambda: serving.started)
            url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            async with httpx.AsyncClient(base_url=url) as client:
                yield Served(house, app, client, door, url)
        finally:
            serving.should_exit = True
            await running
