"""Linking a client to an account: what happens between a scanned code and the client's first login."""

import asyncio
from typing import TYPE_CHECKING

from tests.whatsapp.crypto.identity import Bundle
from tests.whatsapp.crypto.keys import DJB, verified
from tests.whatsapp.server.accounts import Account, Device
from tests.whatsapp.server.connection import Connection, Pairing
from tests.whatsapp.wire.clock import now
from tests.whatsapp.wire.jid import LID, PN, SERVER
from tests.whatsapp.wire.node import Attrs, Node

if TYPE_CHECKING:
    from tests.whatsapp.server.server import Server

PATIENCE = 15.0


class PairingRefused(Exception):
    """The client does not believe the phone that scanned its code."""


def showing(server: "Server", ref: str) -> Connection:
    """The client that shows this code. Raises LookupError when none does any more."""
    for connection in server.connections:
        if connection.pairing and ref in connection.pairing.refs:
            return connection
    raise LookupError("no client shows this code (any more)")


async def link(server: "Server", ref: str, account: Account, number: int, identity: bytes) -> tuple[Device, bytes]:
    """Tell the client whose device it becomes. `identity` is the phone's sealed word for it.

    Returns the device and the client's signed answer. Raises PairingRefused; TimeoutError when the client says nothing.
    """
    connection = showing(server, ref)
    pairing = connection.pairing
    assert pairing is not None
    said = connection.payload.devicePairingData
    if not verified(said.eIdent, DJB + said.eSkeyVal, said.eSkeySig):
        raise ValueError("the client's signed key bears a wrong signature")
    signed_id, registration = int.from_bytes(said.eSkeyID, "big"), int.from_bytes(said.eRegid, "big")
    bundle = Bundle(registration, said.eIdent, signed_id, said.eSkeyVal, said.eSkeySig)
    device = pairing.device = Device(account, number, bundle=bundle)
    pairing.question = server.new_id()
    success = Node(
        "pair-success",
        {},
        [
            Node("device-identity", {}, identity),
            Node("biz", {"name": account.name}),
            Node("device", {"jid": device.jid(PN), "lid": device.jid(LID)}),
            Node("platform", {"name": "smba"}),
        ],
    )
    attrs: Attrs = {"from": SERVER, "type": "set", "id": pairing.question, "xmlns": "md", "t": str(now())}
    await connection.send(Node("iq", attrs, [success]))
    return device, await asyncio.wait_for(pairing.signed, PATIENCE)


async def answered(connection: Connection, pairing: Pairing, node: Node) -> None:
    """The client has signed: it is linked, and must log in anew. Or it has refused."""
    if pairing.device is None or pairing.signed.done():
        return
    if node.text("type") == "error":
        pairing.signed.set_exception(PairingRefused(str(node.find("error"))))
        return
    pairing.device.account.devices[pairing.device.number] = pairing.device
    pairing.signed.set_result(node.get("pair-device-sign", "device-identity").data)
    await connection.dismiss(Node("stream:error", {"code": "515"}))
