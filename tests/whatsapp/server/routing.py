"""From one device to the others: messages, receipts, chat states; and what waits for a client that is away."""

from tests.whatsapp.server.accounts import Device
from tests.whatsapp.server.connection import Connection
from tests.whatsapp.wire.clock import now
from tests.whatsapp.wire.jid import JID
from tests.whatsapp.wire.node import Attrs, Node


async def deliver(device: Device, node: Node) -> None:
    """To a real client: now if it listens, and again after each login until it confirms."""
    device.waiting[node.tag, node.text("id")] = node
    if device.connection and device.connection.active:
        await device.connection.send(node)


async def message(connection: Connection, node: Node) -> None:
    """A client's message: acknowledge it, and hand each device its own part."""
    server, to = connection.server, node.jid("to")
    attrs: Attrs = {"class": "message", "id": node.text("id"), "from": to, "t": str(now())}
    verdict = server.faults.on_message(node) if server.faults.on_message else None
    if verdict is False:
        return
    if isinstance(verdict, Node):
        await connection.send(verdict)
        return
    if verdict is None:
        await connection.send(Node("ack", attrs))
    for jid, enc in _parts(node, to):
        device = server.accounts.device(jid)
        if device and device.receives and connection.device:
            device.receives(connection.device, node, enc)


def _parts(node: Node, to: JID) -> list[tuple[JID, Node]]:
    parts = node.find("participants")
    if parts is None:
        return [(to, node.get("enc"))]
    return [(part.jid("jid"), part.get("enc")) for part in parts.children("to")]


async def receipt(connection: Connection, node: Node) -> None:
    """A client has got or read a message, or could not read it (retry)."""
    if connection.device and node.text("type") != "retry":
        for id in named(node):
            connection.device.waiting.pop(("message", id), None)
    _tell(connection, node)
    attrs: Attrs = {"class": "receipt", "id": node.text("id"), "from": node.attrs.get("to")}
    await connection.send(Node("ack", {**attrs, "type": node.attrs.get("type"), "t": str(now())}))


def named(node: Node) -> tuple[str, ...]:
    """The ids of the messages that a receipt is about."""
    more = node.find("list")
    return (node.text("id"), *(item.text("id") for item in (more.children("item") if more else [])))


async def acknowledged(connection: Connection, node: Node) -> None:
    if connection.device:
        connection.device.waiting.pop((node.text("class"), node.text("id")), None)


async def chat_state(connection: Connection, node: Node) -> None:
    _tell(connection, node)


def _tell(connection: Connection, node: Node) -> None:
    account = connection.server.accounts.of(node.jid("to"))
    handset = account.devices.get(0) if account else None
    if handset and handset.hears and connection.device:
        handset.hears(connection.device, node)
