"""Privacy settings, and the tokens by which contacts trust each other."""

from typing import Final

from tests.whatsapp.server.connection import Connection
from tests.whatsapp.wire.node import Node

_NAMES: Final = ("readreceipts", "last", "status", "profile", "groupadd", "calladd", "online")


async def answer(_: Connection, node: Node) -> list[Node] | None:
    if node.text("type") != "get":
        return []
    return [Node("privacy", {}, [Node("category", {"name": name, "value": "all"}) for name in _NAMES])]
