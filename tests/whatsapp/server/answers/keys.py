"""Keys that clients publish, and those of others."""

from tests.whatsapp.crypto.identity import Bundle
from tests.whatsapp.crypto.keys import DJB
from tests.whatsapp.server.accounts import Device
from tests.whatsapp.server.connection import Connection
from tests.whatsapp.wire.clock import now
from tests.whatsapp.wire.jid import JID
from tests.whatsapp.wire.node import Node


async def answer(connection: Connection, node: Node) -> list[Node] | None:
    device = connection.device
    if device is None:
        return None
    if node.find("count"):
        return [Node("count", {"value": str(len(device.once))})]
    if node.text("type") == "set":
        _publish(device, node)
        return []
    if asked := node.find("key"):
        users = [user.jid("jid") for user in asked.children("user")]
        return [Node("list", {}, [_bundle(connection, jid) for jid in users])]
    return None


def _publish(device: Device, node: Node) -> None:
    signed = node.get("skey")
    device.bundle = Bundle(
        node.get("registration").number,
        node.get("identity").data,
        signed.get("id").number,
        signed.get("value").data,
        signed.get("signature").data,
    )
    for key in node.get("list").children("key"):
        device.once[key.get("id").number] = key.get("value").data


def _bundle(connection: Connection, jid: JID) -> Node:
    device = connection.server.accounts.device(jid)
    if device is None:
        return Node("user", {"jid": jid}, [Node("error", {"code": "406", "text": "not-acceptable"})])
    return Node("user", {"jid": jid, "t": str(now())}, published(device.take_bundle()))


def published(bundle: Bundle) -> list[Node]:
    """A bundle as the server hands it out."""
    signed = [
        Node("id", {}, bundle.signed_id.to_bytes(3, "big")),
        Node("value", {}, bundle.signed),
        Node("signature", {}, bundle.signature),
    ]
    content = [
        Node("registration", {}, bundle.registration.to_bytes(4, "big")),
        Node("type", {}, DJB),
        Node("identity", {}, bundle.identity),
        Node("skey", {}, signed),
    ]
    if bundle.once_id is not None:
        once = [Node("id", {}, bundle.once_id.to_bytes(3, "big")), Node("value", {}, bundle.once)]
        content.append(Node("key", {}, once))
    return content
