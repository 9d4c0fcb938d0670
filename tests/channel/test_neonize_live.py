"""The real library, in a process of its own: a Go abort or a thread that never ends must not take the tests along.

All its traffic goes to a proxy on loopback that refuses it, so nothing leaves the machine.
"""

import json
import socket
import subprocess
import sys

import pytest

PROGRAM = """
import asyncio, json, sys, time
from pathlib import Path
from wabot.channel.neonize.channel import NeonizeChannel
cheap = "neonize" not in sys.modules
from wabot.channel.neonize.quiet import quiet
from wabot.model.errors import ChannelError
from wabot.model.turn import Outbound

class RealClock:
    def now(self):
        return time.time_ns() // 1_000_000
    def steady(self):
        return time.monotonic_ns() // 1_000_000
    async def sleep(self, milliseconds):
        await asyncio.sleep(milliseconds / 1000)

class Listener:
    def __init__(self):
        self.states = []
        self.enough = asyncio.Event()
    async def message(self, message): ...
    async def receipt(self, receipt): ...
    async def settled(self): ...
    async def state(self, state):
        self.states.append(state)
        if sum(state.status == "disconnected" for state in self.states) == 2:
            self.enough.set()

async def main():
    keys, proxy = Path(sys.argv[1]), sys.argv[2]
    channel = NeonizeChannel(keys, "628111000111", RealClock(), lambda code: False, proxy=proxy)
    listener = Listener()
    run = asyncio.create_task(channel.run(listener))
    await asyncio.wait([run, asyncio.create_task(listener.enough.wait())], return_when=asyncio.FIRST_COMPLETED)
    refused = ""
    await channel.typing("6281234567890", True)
    try:
        await channel.send(Outbound("1", "6281234567890", "halo", "salam", 0, 0))
    except ChannelError as error:
        refused = type(error).__name__
    await channel.close()
    await run
    return listener.states, refused

out, _ = quiet()
states, refused = asyncio.run(main())
print(json.dumps({
    "cheap": cheap,
    "states": [[state.status, state.detail] for state in states],
    "refused": refused,
    "modes": {file.name: file.stat().st_mode & 0o777 for file in Path(sys.argv[1]).parent.iterdir()},
}), file=out, flush=True)
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        proxy = f"http://127.0.0.1:{unused.getsockname()[1]}"
        # The port stays bound and nobody listens on it: every connection is refused.
        keys = tmp_path_factory.mktemp("toko 100%") / "keys.db"
        command = [sys.executable, "-c", PROGRAM, str(keys), proxy]
        done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 0, done.stderr
    result: dict[str, object] = json.loads(done.stdout)
    return result


def test_importing_the_channel_does_not_load_the_library(report: dict[str, object]) -> None:
    assert report["cheap"] is True


def test_without_a_network_it_says_so_plainly_and_keeps_trying(report: dict[str, object]) -> None:
    states = report["states"]
    assert isinstance(states, list)
    assert states[0][0] == "connecting"
    failures = [detail for status, detail in states if status == "disconnected"]

    assert len(failures) >= 2
    for detail in failures:
        assert detail.startswith("WhatsApp cannot be reached: the proxy cannot be reached (proxyconnect tcp")
        assert "Trying again in" in detail


def test_a_message_that_cannot_go_out_yet_may_be_tried_again(report: dict[str, object]) -> None:
    assert report["refused"] == "ChannelError"


def test_the_keys_that_the_library_wrote_are_for_the_owner_alone(report: dict[str, object]) -> None:
    modes = report["modes"]
    assert isinstance(modes, dict)
    assert "keys.db" in modes
    assert set(modes.values()) == {0o600}
