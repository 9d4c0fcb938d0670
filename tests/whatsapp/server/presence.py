"""Which clients say that they are there: the phone of an account shows no notifications while one does."""

from tests.whatsapp.server.connection import Connection
from tests.whatsapp.wire.node import Node


async def take(connection: Connection, node: Node) -> None:
    """A client says that it is available, or that it is not."""
    if connection.device and node.text("type") in ("available", "unavailable"):
        connection.device.presences.append(node.text("type"))
