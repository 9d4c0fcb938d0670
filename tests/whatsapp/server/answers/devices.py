"""A client that links itself by a code, or unlinks itself."""

from tests.whatsapp.server import linking
from tests.whatsapp.server.connection import Connection
from tests.whatsapp.wire.node import Node


async def answer(connection: Connection, node: Node) -> list[Node] | None:
    if connection.pairing:
        return await linking.answer(connection, node)
    if not node.find("remove-companion-device") or connection.device is None:
        return None
    connection.device.removed = True
    return []
