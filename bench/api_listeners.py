"""Clients of Socket.IO that note when each message reached them, cheaply.

`python -m bench.api_listeners PORT NAMESPACE COUNT TOKENS`: so many WebSockets join, with the tokens (commas
between them) in turn; `ready` is printed, and when standard input closes a line of JSON a client: the moment (ns of the
machine's monotonic clock) by each message's text.
"""

import asyncio
import json
import re
import sys
import time
from typing import Any, Final

import uvloop
from websockets.asyncio.client import connect

TEXT: Final = re.compile(r'"content":"(bench [0-9]+)"')


async def listen(port: int, namespace: str, token: str, seen: dict[str, int], joined: asyncio.Event) -> None:
    """One client, until cancelled."""
    url = f"ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket"
    async with connect(url, compression=None, max_queue=None) as one:
        async for said in one:
            text = said if isinstance(said, str) else said.decode()
            if text.startswith("42"):
                if found := TEXT.search(text):
                    seen[found[1]] = time.monotonic_ns()
            elif text.startswith("0"):
                await one.send(f"40{namespace}," + json.dumps({"token": token}))
            elif text.startswith("40"):
                joined.set()
            elif text == "2":
                await one.send("3")


async def main(port: int, namespace: str, count: int, tokens: list[str]) -> None:
    seen: list[dict[str, int]] = [{} for _ in range(count)]
    tasks: list[asyncio.Task[Any]] = []
    for number, one in enumerate(seen):
        joined, token = asyncio.Event(), tokens[number % len(tokens)]
        tasks.append(asyncio.create_task(listen(port, namespace, token, one, joined)))
        await asyncio.wait_for(joined.wait(), 30)
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    for one in seen:
        print(json.dumps(one))


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4].split(",")))
