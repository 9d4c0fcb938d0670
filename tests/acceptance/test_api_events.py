"""Events outlive the API's process: whoever comes back with their cursor misses none, and gets them in their order."""

import asyncio
import os
import signal

import httpx
from socketio.exceptions import ConnectionError as Refused

from tests.acceptance.daemon import Daemon
from tests.acceptance.test_api_process import address, answers, process
from tests.api.front import Api
from tests.api.sockets import Client
from wabot.api.door import open_door
from wabot.api.house import House
from wabot.session.clock import RealClock


async def connected(url: str, token: str, cursor: str) -> Client:
    """A client that tries until the process that was begun again lets it in."""
    async with asyncio.timeout(30):
        while True:
            client = Client()
            try:
                await client.connect(url, {"token": token, "cursor": cursor})
            except Refused:
                await asyncio.sleep(0.05)
            else:
                await client.hears("ready")
                return client


async def test_nothing_is_missed_while_the_process_is_killed_again_and_again(daemon: Daemon) -> None:
    daemon.tenant()
    daemon.start("--api", "127.0.0.1:0", WABOT_RESTART_WAIT="0.05")
    url = await asyncio.to_thread(address, daemon)
    async with httpx.AsyncClient() as asking:
        door = open_door(daemon.data, RealClock())
        token = Api(House(daemon.data, dict, RealClock(), door), None, asking, door).front().token
        await door.close()
    assert await asyncio.to_thread(lambda: [answers(url) for _ in range(2)][-1])
    said: list[str] = []
    heard: list[tuple[int, str]] = []

    def say(times: int) -> None:
        for _ in range(times):
            said.append(f"pesan {len(said)}")
            daemon.say(said[-1])

    def take(client: Client) -> None:
        heard.extend((int(one["cursor"]), one["message"]["content"]) for one in client.all("new-message"))

    cursor = "0"
    for death in range(1, 3):
        client = await connected(url, token, cursor)
        assert not client.all("ready")[0]["reset"]
        say(6)
        await client.hears("new-message", 3)
        os.kill(await asyncio.to_thread(process, daemon, death), signal.SIGKILL)
        await client.leaves("/messages")
        take(client)
        cursor = str(client.cursors[-1])
        await client.io.disconnect()
        say(4)
    client = await connected(url, token, cursor)
    await client.hears("new-message", len(said) - len(heard))
    take(client)
    await client.io.disconnect()
    assert [text for _, text in heard] == said
    assert [at for at, _ in heard] == sorted({at for at, _ in heard})
    assert await asyncio.to_thread(daemon.stop) == 0
