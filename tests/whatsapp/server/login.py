"""How a client is let in, and what it gets first."""

import asyncio
import base64
import os
from typing import TYPE_CHECKING, Final

from tests.whatsapp.server.connection import Connection, Pairing
from tests.whatsapp.wire.clock import now
from tests.whatsapp.wire.jid import JID, PN, SERVER
from tests.whatsapp.wire.node import Attrs, Node

if TYPE_CHECKING:
    from tests.whatsapp.server.server import Server

CODES: Final = 6
"""Pairing codes that a client gets at once, to show one after the other."""


async def greet(connection: Connection) -> None:
    """Answer the end of the handshake."""
    server, payload = connection.server, connection.payload
    server.attempts += 1
    if server.faults.mute:
        pass
    elif server.faults.login:
        await _refuse(connection, server.faults.login)
    elif payload.HasField("devicePairingData"):
        refs = [base64.b64encode(os.urandom(12)).decode() for _ in range(CODES)]
        connection.pairing = Pairing(refs)
        offer = Node("pair-device", {}, [Node("ref", {}, ref.encode()) for ref in refs])
        await connection.send(
            Node("iq", {"from": SERVER, "type": "set", "id": server.new_id(), "xmlns": "md"}, [offer])
        )
    else:
        await _log_in(connection, server)
    server.bell.ring()


async def _refuse(connection: Connection, failure: Node) -> None:
    # The library deletes the device when it is told that it was unlinked. Told so before it has looked at the device
    # for the first time, it waits for it for ever, and says nothing to anybody.
    await asyncio.sleep(connection.server.distance)
    await connection.dismiss(failure)


async def _log_in(connection: Connection, server: "Server") -> None:
    device = server.accounts.device(JID(str(connection.payload.username), PN, connection.payload.device))
    if device is None:
        await _refuse(connection, Node("failure", {"reason": "401", "location": "frc"}))
        return
    if device.connection:
        await device.connection.dismiss(Node("stream:error", {}, [Node("conflict", {"type": "replaced"})]))
    connection.device, device.connection = device, connection
    server.logins += 1
    welcome: Attrs = {"t": str(now()), "props": "27", "location": "frc", "lid": device.jid()}
    welcome["companion_enc_static"] = base64.b64encode(os.urandom(32)).decode()
    await connection.send(Node("success", welcome))


async def activate(connection: Connection) -> None:
    """The client wants messages: what waited comes first, then the mark that it has caught up."""
    connection.active = True
    assert connection.device is not None
    waiting = list(connection.device.waiting.values())
    count = str(len(waiting))
    if waiting:
        kinds = dict.fromkeys(("receipt", "notification", "appdata", "calls"), "0")
        preview = Node("offline_preview", {"count": count, "message": count, **kinds})
        await connection.send(Node("ib", {"from": SERVER}, [preview]))
    for node in waiting:
        node.attrs["offline"] = "0"
        await connection.send(node)
    await connection.send(Node("ib", {"from": SERVER}, [Node("offline", {"count": count})]))


def leave(connection: Connection) -> None:
    if connection.device and connection.device.connection is connection:
        connection.device.connection = None
