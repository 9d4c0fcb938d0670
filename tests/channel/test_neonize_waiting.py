"""Messages that cannot be stored wait in memory, up to a bound; what WhatsApp still has then stays there.

The library is a stand-in: the real one delivers nothing without WhatsApp's servers.
"""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from wabot.channel.neonize import library
from wabot.channel.neonize.library import Client


class Connection:
    """Registers handlers as the library does, and ends when it is stopped."""

    def __init__(self) -> None:
        self.handlers: dict[str, Any] = {}
        self.ended = asyncio.Event()

    def event(self, kind: str) -> Callable[[Any], None]:
        return lambda handler: self.handlers.__setitem__(kind, handler)

    async def connect(self, _proxy: object) -> "asyncio.Task[bool]":
        return asyncio.create_task(self.ended.wait())

    async def stop(self) -> None:
        self.ended.set()


class Events:
    def __getattr__(self, name: str) -> str:
        return name


async def test_beyond_the_bound_the_connection_is_hung_up_and_what_came_before_is_kept_in_order() -> None:
    connection = Connection()
    made = SimpleNamespace(
        event=Registers(connection), connect=connection.connect, stop=connection.stop, _NewAClient__client=None
    )
    factory = SimpleNamespace(NewAClient=lambda *_, **__: made, gocode=None)
    loaded: Any = SimpleNamespace(client=factory, events=Events(), log=SimpleNamespace(tell=None))
    client = Client(loaded, "keys.db")
    await client.connect("")
    for number in range(library.MOST_WAITING - 1):
        await connection.handlers["MessageEv"](None, number)
    await asyncio.sleep(0)
    assert not connection.ended.is_set()
    await connection.handlers["MessageEv"](None, library.MOST_WAITING - 1)
    await asyncio.wait_for(connection.ended.wait(), 10)
    while client.events.qsize() <= library.MOST_WAITING:
        await asyncio.sleep(0)
    kept = [client.events.get_nowait() for _ in range(client.events.qsize())]
    assert [event.body for event in kept[:-1]] == list(range(library.MOST_WAITING))
    assert kept[-1].kind == "Ended"
    assert await client.stop()


async def test_each_client_has_a_name_of_its_own_in_the_library() -> None:
    """The library stops whatever bears the name of a client that Python collects: it must not be a newer one."""
    names: list[str] = []

    def made(_database: str, *, uuid: str) -> Any:
        names.append(uuid)
        return SimpleNamespace(event=Registers(Connection()), _NewAClient__client=None)

    loaded: Any = SimpleNamespace(
        client=SimpleNamespace(NewAClient=made, gocode=None), events=Events(), log=SimpleNamespace(tell=None)
    )
    for _ in range(100):
        Client(loaded, "keys.db")
    assert len(set(names)) == 100
    assert "keys.db" not in names


class Registers:
    """The library's `client.event`: called with a kind, or asked for `qr`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __call__(self, kind: str) -> Callable[[Any], None]:
        return self._connection.event(kind)

    def qr(self, _handler: object) -> None: ...

    def execute(self, *_event: object) -> None: ...
