"""Linking with a phone number: what the server passes on between the handset and a client that shows a code."""

from __future__ import annotations

import asyncio
import base64
import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tests.whatsapp.server.accounts import Account
from tests.whatsapp.wire.clock import now
from tests.whatsapp.wire.jid import SERVER
from tests.whatsapp.wire.node import Attrs, Node

if TYPE_CHECKING:
    from tests.whatsapp.server.connection import Connection
    from tests.whatsapp.server.server import Server

PATIENCE: Final = 20.0
"""Seconds until a client that does not answer the handset counts as gone."""
_DISPLAY: Final = re.compile(r"(chrome|edge|firefox|ie|opera|safari) \(.+\)", re.IGNORECASE)
"""How a client may call itself: WhatsApp refuses any other name with 400."""
_TAG: Final = "link_code_companion_reg"


class Refused(Exception):
    """The server's answer is an error."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{code} {text}")
        self.code, self.text = code, text


@dataclass
class Offer:
    """A client that shows a code for `account`. `hello` is its key, hidden by the code. After each key of the handset's
    it answers with a bundle and its identity."""

    connection: Connection
    account: Account
    ref: str
    hello: bytes
    answers: asyncio.Queue[tuple[bytes, bytes]] = field(default_factory=asyncio.Queue)

    async def introduce(self, hidden: bytes, identity: bytes) -> tuple[bytes, bytes]:
        """Hand the client the handset's hidden key. Raises TimeoutError when it says nothing to it."""
        told = [
            Node("link_code_pairing_wrapped_primary_ephemeral_pub", {}, hidden),
            Node("primary_identity_pub", {}, identity),
            Node("link_code_pairing_ref", {}, self.ref.encode()),
        ]
        attrs: Attrs = {"from": SERVER, "type": _TAG, "id": self.connection.server.new_id(), "t": str(now())}
        await self.connection.send(Node("notification", attrs, [Node(_TAG, {"stage": "primary_hello"}, told)]))
        return await asyncio.wait_for(self.answers.get(), PATIENCE)


def offered(server: Server, account: Account) -> Offer:
    """The newest code for this account. Raises LookupError when no client shows one (any more)."""
    for connection in reversed(server.connections):
        if connection.pairing and connection.pairing.offer and connection.pairing.offer.account is account:
            return connection.pairing.offer
    raise LookupError(f"no client shows a code for {account.pn.user} (any more)")


async def answer(connection: Connection, node: Node) -> list[Node] | None:
    """A client's part of it. Raises Refused."""
    asked, pairing = node.find(_TAG), connection.pairing
    if asked is None or pairing is None:
        return None
    if asked.text("stage") == "companion_hello":
        account = connection.server.accounts.of(asked.jid("jid"))
        if account is None or not _DISPLAY.fullmatch(asked.get("companion_platform_display").data.decode()):
            raise Refused(400, "bad-request")
        ref = base64.b64encode(os.urandom(12)).decode()
        hello = asked.get("link_code_pairing_wrapped_companion_ephemeral_pub").data
        pairing.refs.append(ref)
        pairing.offer = Offer(connection, account, ref, hello)
        return [Node(_TAG, {"stage": "companion_hello"}, [Node("link_code_pairing_ref", {}, ref.encode())])]
    if pairing.offer is None or asked.get("link_code_pairing_ref").data.decode() != pairing.offer.ref:
        raise Refused(404, "item-not-found")
    bundle, client = asked.get("link_code_pairing_wrapped_key_bundle"), asked.get("companion_identity_public")
    pairing.offer.answers.put_nowait((bundle.data, client.data))
    return []
