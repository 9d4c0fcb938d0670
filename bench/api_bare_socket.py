"""The least that python-socketio can do: whoever posts something has it broadcast to everybody who listens.

`python -m bench.api_bare_socket` prints the port, on the server and settings that wabot's API has, and serves until it
is ended.
"""

import json
import socket
from typing import Any

import socketio
import uvloop
from starlette.types import Receive, Scope, Send

from wabot.api.answers import answer
from wabot.api.server import server

sockets = socketio.AsyncServer(async_mode="asgi", cors_allowed_origins=[], namespaces=["/messages"])


async def entered(*_who: Any) -> None:
    """Everybody may listen."""


sockets.on("connect", entered, namespace="/messages")


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """What is posted is broadcast."""
    message = await receive()
    said = json.loads(message["body"])
    data = {"conversationId": said["conversationId"], "message": {"content": said["content"], "senderType": "cs"}}
    await sockets.emit("new-message", data, namespace="/messages")
    await answer({"success": True})(scope, receive, send)


async def main() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listening:
        serving = server(socketio.ASGIApp(sockets, app))
        print(listening.getsockname()[1], flush=True)
        await serving.serve([listening])


if __name__ == "__main__":
    uvloop.run(main())
