"""The phone's shared settings."""

from tests.whatsapp.server.connection import Connection
from tests.whatsapp.wire.node import Node


async def answer(connection: Connection, node: Node) -> list[Node] | None:
    device = connection.device
    state = device.account.app_state if device else None
    found = []
    for wanted in node.get("sync").children("collection"):
        name, since = wanted.text("name"), int(wanted.text("version") or 0)
        patches = state.patches.get(name, [])[since:] if state else []
        content = [Node("patches", {}, [Node("patch", {}, patch) for patch in patches])] if patches else None
        found.append(
            Node("collection", {"name": name, "version": str(since + len(patches)), "type": "result"}, content)
        )
    return [Node("sync", {}, found)]
