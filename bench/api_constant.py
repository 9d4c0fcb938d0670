"""The least that FastAPI can do: endpoints that answer a constant, on the server, settings and turn at the processors
that wabot's API has.

`python -m bench.api_constant` prints the port, and serves until its standard input closes.
"""

import asyncio
import os
import socket
import sys
from typing import Any

import uvloop
from fastapi import FastAPI

from wabot.api.server import server
from wabot.daemon.api_process import NICE

app = FastAPI()


@app.get("/constant")
async def constant() -> dict[str, str]:
    """The constant."""
    return {"said": "Kami buka sampai jam 21.00 kak."}


@app.post("/constant")
async def taken(body: dict[str, Any]) -> dict[str, str]:
    """The constant, for whoever sends something."""
    return {"said": "Siap kak."}


async def main() -> None:
    os.nice(NICE)
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listening:
        serving = server(app)
        print(listening.getsockname()[1], flush=True)
        loop = asyncio.get_running_loop()

        def gone() -> None:
            serving.should_exit = True
            loop.remove_reader(0)

        loop.add_reader(0, gone)
        await serving.serve([listening])


if __name__ == "__main__":
    uvloop.run(main())
    sys.exit(0)
