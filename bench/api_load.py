"""Clients that ask an HTTP server as fast as it answers, cheaply: they share two cores with what is measured.

`python -m bench.api_load` reads a plan from standard input (JSON: `port`, `clients`, `seconds`, `pause` between two
requests of a client, `requests`: pairs of a kind and the bytes of a request in Latin-1) and writes what it saw (JSON:
by kind `count`, `p50`, `p95`, `p99` in ms, and `wrong`, answers that were no success). Each client goes through its
share of the requests, in order, and begins again.
"""

import asyncio
import json
import statistics
import sys
import time
from collections import Counter, defaultdict
from functools import partial
from typing import Any, Final

import uvloop

_WARM: Final = 0.2
"""The part of the time that is not counted."""


class Client(asyncio.Protocol):
    """One connection: a request, its answer, the next."""

    def __init__(self, requests: list[tuple[str, bytes]], pause: float, seen: "Seen") -> None:
        self._requests, self._pause, self._seen = requests, pause, seen
        self._next, self._buffer, self._missing = 0, b"", -1
        self._loop = asyncio.get_running_loop()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        self._seen.lost += 1

    def _ask(self) -> None:
        self._kind, request = self._requests[self._next % len(self._requests)]
        self._next += 1
        self._began = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        if self._missing < 0:
            self._buffer += data
            head, end, body = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            self._status = head[9:12]
            at = head.lower().find(b"content-length:")
            length = 0 if at < 0 else int(head[at + 15 :].split(b"\r\n", 1)[0])
            self._missing, self._buffer = length - len(body), b""
        else:
            self._missing -= len(data)
        if self._missing <= 0:
            self._missing = -1
            self._seen.add(self._kind, time.perf_counter() - self._began, self._status)
            if self._pause:
                self._loop.call_later(self._pause, self._ask)
            else:
                self._ask()


class Seen:
    """What came of it."""

    def __init__(self, begin: float) -> None:
        self._begin = begin
        self.took: dict[str, list[float]] = defaultdict(list)
        self.wrong: Counter[str] = Counter()
        self.lost = 0

    def add(self, kind: str, seconds: float, status: bytes) -> None:
        if status[:1] != b"2" and status != b"304":
            self.wrong[f"{kind} {status.decode()}"] += 1
        elif time.perf_counter() > self._begin:
            self.took[kind].append(seconds * 1000)

    def told(self) -> dict[str, Any]:
        kinds = {}
        for kind, took in self.took.items():
            cuts = statistics.quantiles(took, n=100) if len(took) > 1 else took * 99
            kinds[kind] = {"count": len(took), "p50": cuts[49], "p95": cuts[94], "p99": cuts[98]}
        return {"kinds": kinds, "wrong": dict(self.wrong), "lost": self.lost}


async def load(plan: dict[str, Any]) -> dict[str, Any]:
    """Play a plan."""
    loop = asyncio.get_running_loop()
    requests = [(kind, text.encode("latin-1")) for kind, text in plan["requests"]]
    seen = Seen(time.perf_counter() + _WARM * plan["seconds"])
    clients = plan["clients"]
    for number in range(clients):
        share = requests[number::clients] or requests
        client = partial(Client, share, plan["pause"], seen)
        await loop.create_connection(client, "127.0.0.1", plan["port"])
    await asyncio.sleep(plan["seconds"])
    return seen.told()


if __name__ == "__main__":
    print(json.dumps(uvloop.run(load(json.load(sys.stdin)))))
