"""Keepalives, and the wish to be active."""

from tests.whatsapp.server.connection import Connection
from tests.whatsapp.wire.node import Node


async def answer(_: Connection, __: Node) -> list[Node] | None:
    return []
