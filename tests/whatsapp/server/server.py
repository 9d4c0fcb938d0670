"""The chat server: sockets, handshakes, and which part answers which stanza."""

import asyncio
import itertools
import logging
import ssl
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Final

from websockets.asyncio.server import Server as WebSockets
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from tests.whatsapp.bell import Bell
from tests.whatsapp.server import login
from tests.whatsapp.server.accounts import Accounts
from tests.whatsapp.server.connection import Connection
from tests.whatsapp.server.faults import Faults
from tests.whatsapp.server.media_host import MediaHost
from tests.whatsapp.server.stanzas import STANZAS
from tests.whatsapp.wire.binary import decode
from tests.whatsapp.wire.framing import Frames, frame
from tests.whatsapp.wire.node import Node
from tests.whatsapp.wire.noise import Authority, Handshake

_SILENT: Final = logging.getLogger("tests.whatsapp.websockets")
_SILENT.setLevel(logging.CRITICAL)
KEPT: Final = 20_000


class Server:
    """`received` holds the last stanzas of all clients, `unanswered` those that nobody here knows."""

    def __init__(self, context: ssl.SSLContext, trace: Callable[[str, Node], None] | None = None) -> None:
        self.accounts = Accounts()
        self.media = MediaHost(context)
        self.faults = Faults()
        self.stanzas = dict(STANZAS)
        self.connections: list[Connection] = []
        self.received: deque[Node] = deque(maxlen=KEPT)
        self.unanswered: list[Node] = []
        self.attempts = self.logins = 0
        """Logins that were tried, and those that succeeded."""
        self.patience = 1.0
        """Seconds from a last stanza to our close."""
        self.distance = 0.2
        """Seconds until a client hears that it may not log in: WhatsApp is not on the same machine."""
        self.port = 0
        self.bell = Bell()
        self.errors: list[Exception] = []
        """Faults of this server itself."""
        self._beside: set[asyncio.Task[None]] = set()
        self._context, self._trace = context, trace
        self._authority = Authority()
        self._ids = itertools.count(1)
        self._sockets: WebSockets | None = None

    async def start(self) -> None:
        await self.media.start()
        self._sockets = await serve(
            self._serve,
            "127.0.0.1",
            0,
            ssl=self._context,
            compression=None,
            max_size=None,
            ping_interval=None,
            process_request=self._admit,
            logger=_SILENT,
        )
        self.port = next(iter(self._sockets.sockets)).getsockname()[1]

    async def stop(self) -> None:
        for task in list(self._beside):
            task.cancel()
        if self._sockets:
            self._sockets.close()
            await self._sockets.wait_closed()
        await self.media.stop()

    def beside(self, work: Coroutine[None, None, None]) -> None:
        """Do it while all else goes on. What fails is a fault of the server."""
        task = asyncio.create_task(work)
        self._beside.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._beside.discard(task)
        if not task.cancelled() and isinstance(error := task.exception(), Exception):
            self.errors.append(error)

    def trace(self, who: str, node: Node) -> None:
        if self._trace:
            self._trace(who, node)

    def new_id(self) -> str:
        return f"{next(self._ids):06X}"

    async def until(self, happened: Callable[[], bool], what: str, within: float = 20.0) -> None:
        """Wait until something is true of connections or stanzas. See `Bell.until`."""
        await self.bell.until(happened, what, within)

    def _admit(self, socket: ServerConnection, request: Request) -> Response | None:
        if self.faults.unreachable:
            return socket.respond(503, "not now\n")
        return None if request.path == "/ws/chat" else socket.respond(404, "nothing here\n")

    async def _serve(self, socket: ServerConnection) -> None:
        frames, connection = Frames(), None
        handshake: Handshake | None = None
        try:
            async for data in socket:
                for content in frames.cut(data if isinstance(data, bytes) else data.encode()):
                    if connection:
                        await self._take(connection, decode(connection.transport.open(content)))
                    elif handshake is None:
                        handshake = Handshake(frames.greeting)
                        await socket.send(frame(handshake.respond(content, self._authority)))
                    else:
                        connection = Connection(self, socket, *handshake.finish(content))
                        self.connections.append(connection)
                        await login.greet(connection)
        except ConnectionClosed:
            pass
        except Exception as error:
            self.errors.append(error)
        finally:
            if connection:
                self.connections.remove(connection)
                login.leave(connection)
                self.bell.ring()

    async def _take(self, connection: Connection, node: Node) -> None:
        self.trace("client", node)
        self.received.append(node)
        if handle := self.stanzas.get(node.tag):
            await handle(connection, node)
        else:
            self.unanswered.append(node)
        self.bell.ring()
