"""A client that unlinks itself."""

from tests.whatsapp.server.connection import Connection
from tests.whatsapp.wire.node import Node


async def answer(connection: Connection, node: Node) -> list[Node] | None:
    if not node.find("remove-companion-device") or connection.device is None:
        return None
    connection.device.removed = True
    return []
