"""Questions (iq) of clients, by namespace. A new namespace has a module here and a row in ANSWERS."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from tests.whatsapp.server import login, pairing
from tests.whatsapp.server.answers import app_state, devices, keys, liveness, media, privacy, usync
from tests.whatsapp.server.connection import Connection
from tests.whatsapp.server.linking import Refused
from tests.whatsapp.wire.jid import SERVER
from tests.whatsapp.wire.node import Node

Answer = Callable[[Connection, Node], Awaitable[list[Node] | None]]
"""The content of the result; None when there is no such thing here."""

ANSWERS: Final[Mapping[str, Answer]] = {
    "encrypt": keys.answer,
    "md": devices.answer,
    "passive": liveness.answer,
    "privacy": privacy.answer,
    "usync": usync.answer,
    "w:m": media.answer,
    "w:p": liveness.answer,
    "w:sync:app:state": app_state.answer,
}


async def answer(connection: Connection, node: Node) -> None:
    if node.text("type") in ("result", "error"):
        if connection.pairing and connection.pairing.question == node.text("id"):
            await pairing.answered(connection, connection.pairing, node)
        return
    known = ANSWERS.get(node.text("xmlns"))
    result = {"from": node.attrs.get("to") or SERVER, "id": node.attrs["id"], "type": "result"}
    try:
        content = await known(connection, node) if known else None
        if content is None:
            connection.server.unanswered.append(node)
            raise Refused(501, "feature-not-implemented")
    except Refused as refused:
        result["type"] = "error"
        content = [Node("error", {"code": str(refused.code), "text": refused.text})]
    await connection.send(Node("iq", result, content or None))
    if node.text("xmlns") == "passive" and node.find("active"):
        await login.activate(connection)
