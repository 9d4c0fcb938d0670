"""Ten thousand messages at once for one tenant, and what a customer of the tenant beside it notices.

`make bench`. Two processes, as under `wabot run`: real sessions on real files with synchronous=FULL, delays off. The
quiet one's customers write now and then; each message is timed until its reply stands durably in the outbox, first
alone, then beside the crowd. The crowd's process tells how long it took and how much memory it grew by.
"""

import asyncio
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final

from bench.pipeline import SAID, TENANT, Timed, serve
from wabot.model.message import Message
from wabot.model.session import SessionState
from wabot.model.turn import Outbound
from wabot.ports import Inbox
from wabot.session.clock import RealClock
from wabot.store.sqlite.opening import open_file

CROWD: Final = 10_000
CHATS: Final = 2_000
QUIET: Final = 300
PAUSE: Final = 0.01
"""Seconds between two messages of the quiet tenant's customers."""
ROUNDS: Final = 3
AIM: Final = 2.0


class Customers:
    """A channel that plays `script`."""

    def __init__(self, script: Callable[[Inbox], Coroutine[Any, Any, None]]) -> None:
        self._script = script

    async def run(self, inbox: Inbox) -> None:
        await inbox.state(SessionState("connected"))
        await self._script(inbox)
        await inbox.settled()

    async def send(self, outbound: Outbound) -> None: ...

    async def typing(self, chat: str, on: bool) -> None: ...

    async def close(self) -> None: ...


def said(number: int, chats: int) -> Message:
    chat = f"62812{number % chats:07}"
    return Message(f"M{number}", chat, SAID[number % len(SAID)], phone=chat, name="Budi", sent_at=RealClock().now())


def durable(store: Timed, message: Message) -> "asyncio.Future[float]":
    done: asyncio.Future[float] = asyncio.get_running_loop().create_future()
    store.recorded[message.chat, message.id] = done
    return done


async def crowd(place: Path) -> dict[str, float]:
    """The tenant with the crowd, in a process of its own."""
    store = Timed(open_file(place / "data"), TENANT.name)
    told: dict[str, float] = {}

    async def script(inbox: Inbox) -> None:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.perf_counter()
        messages = [said(number, CHATS) for number in range(CROWD)]
        done = [durable(store, message) for message in messages]
        await asyncio.gather(*(inbox.message(message) for message in messages))
        await asyncio.gather(*done)
        told["seconds"] = time.perf_counter() - began
        await inbox.settled()
        told["all"] = time.perf_counter() - began
        told["megabytes"] = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024

    await serve(place, store, Customers(script))
    return told


async def quiet(place: Path) -> list[float]:
    """Milliseconds of each message of the tenant beside it, from arrival to outbox."""
    store = Timed(open_file(place / "data"), TENANT.name)
    latencies: list[float] = []

    async def script(inbox: Inbox) -> None:
        for number in range(QUIET):
            message = said(number, 30)
            done = durable(store, message)
            arrived = time.perf_counter()
            await inbox.message(message)
            latencies.append((await done - arrived) * 1000)
            await asyncio.sleep(PAUSE)

    await serve(place, store, Customers(script))
    return latencies


def once(beside: bool) -> tuple[list[float], dict[str, float]]:
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent) as folder:
        crowded = None
        if beside:
            command = [sys.executable, "-m", "bench.crowd", str(Path(folder) / "crowd")]
            crowded = subprocess.Popen(command, stdout=subprocess.PIPE)
            while not (Path(folder) / "crowd" / "data" / "wabot.db").exists():
                time.sleep(0.01)
        latencies = asyncio.run(quiet(Path(folder) / "quiet"))
        return latencies, {} if crowded is None else json.loads(crowded.communicate()[0])


def main() -> int:
    if len(sys.argv) > 1:
        print(json.dumps(asyncio.run(crowd(Path(sys.argv[1])))))
        return 0
    alone: list[float] = []
    beside: list[float] = []
    crowds = []
    for _ in range(ROUNDS):
        alone += once(beside=False)[0]
        latencies, told = once(beside=True)
        beside += latencies
        crowds.append(told)
    ratio = 0.0
    print("| a message of the tenant beside | alone | beside 10,000 at once | ratio |")
    print("|---|---:|---:|---:|")
    for name, at in (("p50", 9), ("p95", 18)):
        one, other = (statistics.quantiles(values, n=20)[at] for values in (alone, beside))
        ratio = other / one
        print(f"| {name} | {one:.1f} ms | {other:.1f} ms | {ratio:.1f}× |")
    told = {key: statistics.median(each[key] for each in crowds) for key in crowds[0]}
    print(
        f"\nthe crowd: {CROWD:,} messages decided in {told['seconds']:.1f} s, all sent after {told['all']:.1f} s, "
        f"{told['megabytes']:.0f} MB more memory at the most"
    )
    print(f"aim: the other tenant's p95 within {AIM:g}× of what it is alone: {'reached' if ratio <= AIM else 'MISSED'}")
    return 0 if ratio <= AIM else 1


if __name__ == "__main__":
    sys.exit(main())
