"""One client's WebSocket after its handshake."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from tests.whatsapp.server.accounts import Device
from tests.whatsapp.wire.binary import encode
from tests.whatsapp.wire.framing import frame
from tests.whatsapp.wire.node import Node
from tests.whatsapp.wire.noise import Transport

if TYPE_CHECKING:
    from tests.whatsapp.server.linking import Offer
    from tests.whatsapp.server.server import Server


@dataclass
class Pairing:
    """A client that shows a code, or eight characters (`offer`). `signed` is its answer to the scan, which is told in
    `question`."""

    refs: list[str]
    device: Device | None = None
    question: str = ""
    offer: Offer | None = None
    signed: asyncio.Future[bytes] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Connection:
    """`payload` is what the client said when it came (a ClientPayload); `active` once it wants messages."""

    def __init__(self, server: Server, socket: ServerConnection, payload: Any, transport: Transport) -> None:
        self.server, self.payload, self.transport = server, payload, transport
        self.device: Device | None = None
        self.pairing: Pairing | None = None
        self.active = False
        self._socket = socket

    async def send(self, node: Node) -> None:
        """What cannot be sent any more is dropped: a client that is gone asks again."""
        self.server.trace("server", node)
        with suppress(ConnectionClosed):
            # Sealed and handed over without a pause between: the client counts what it opens.
            await self._socket.send(frame(self.transport.seal(encode(node))))

    async def dismiss(self, node: Node) -> None:
        """Say a last thing, and close a second later, as WhatsApp does: the client loses what comes with the close."""
        await self.send(node)
        asyncio.get_running_loop().call_later(self.server.patience, self._socket.transport.close)

    async def close(self) -> None:
        await self._socket.close()
