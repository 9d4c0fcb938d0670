"""What everybody with a phone does: seal, open, and remember."""

import asyncio
import os
from typing import TYPE_CHECKING, Any, Final

from tests.whatsapp.bell import Bell
from tests.whatsapp.crypto.identity import Identity
from tests.whatsapp.crypto.ratchet import DuplicateMessage, SignalError
from tests.whatsapp.crypto.session import Session, padded, unpadded
from tests.whatsapp.people.heard import Heard
from tests.whatsapp.server.accounts import Account, Device
from tests.whatsapp.wire.jid import JID, LID, PN
from tests.whatsapp.wire.node import Node
from tests.whatsapp.wire.protobufs import e2e

if TYPE_CHECKING:
    from tests.whatsapp.server.server import Server

PATIENCE: Final = 20.0
"""Seconds until what must arrive counts as not arriving."""


def new_id() -> str:
    """An id as phones make them."""
    return "3A" + os.urandom(9).hex().upper()


class Person:
    """`heard` holds all that was read, in order; `unreadable` why each other message could not be. A message that comes
    again, with its id, is shown once, as phones do: the library sends a note to oneself twice."""

    def __init__(self, server: "Server", number: str, lid: str, name: str) -> None:
        self.server, self.name = server, name
        self.account = Account(JID(number, PN), JID(lid, LID), name)
        self.identity = Identity()
        self.device = Device(self.account, 0, self.identity, receives=self._receive, hears=self._told)
        self.account.devices[0] = self.device
        self.heard: list[Heard] = []
        self.unreadable: list[SignalError] = []
        self.sessions: dict[bytes, Session] = {}
        self.bell = Bell()
        """Rings when something has arrived."""
        self._new: list[Heard] = []
        self._shown: set[str] = set()
        server.accounts.add(self.account)

    @property
    def number(self) -> str:
        return self.account.pn.user

    @property
    def lid(self) -> str:
        return self.account.lid.user

    async def hears(self, text: str = "", within: float = PATIENCE) -> Heard:
        """The first message that contains `text` and that no earlier `hears` returned. Waits for it.

        Raises AssertionError with all that was heard instead, after `within` seconds.
        """

        def found() -> Heard | None:
            return next((heard for heard in self._new if text in heard.text), None)

        try:
            await self.bell.until(lambda: found() is not None, text, within)
        except AssertionError:
            heard = [one.text for one in self.heard]
            raise AssertionError(f"{self.name} never heard {text!r}: {heard}, unreadable: {self.unreadable}") from None
        first = found()
        assert first is not None
        self._new.remove(first)
        return first

    @property
    def unasked(self) -> list[Heard]:
        """What was heard and no `hears` has returned."""
        return list(self._new)

    def sealed(self, device: Device, message: Any) -> Node:
        """A message for one device, encrypted."""
        session = self.session(device)
        if not session.open:
            session.begin(device.take_bundle())
        kind, body = session.encrypt(padded(message.SerializeToString()))
        return Node("enc", {"v": "2", "type": kind}, body)

    def session(self, device: Device) -> Session:
        return self.sessions.setdefault(device.identity, Session(self.identity))

    def takes(self, heard: Heard) -> None:
        """A message has arrived and can be read."""
        self._shown.add(heard.id)
        self.heard.append(heard)
        self._new.append(heard)
        self.bell.ring()

    def _receive(self, sender: Device, node: Node, enc: Node) -> None:
        kind = enc.text("type")
        try:
            plain = unpadded(self.session(sender).decrypt(kind, enc.data))
        except SignalError as error:
            if isinstance(error, DuplicateMessage) and any(heard.id == node.text("id") for heard in self.heard):
                return  # the same message once more
            self.unreadable.append(error)
            self.bell.ring()
            self._could_not_read(sender, node)
            return
        at = asyncio.get_running_loop().time()
        heard = Heard(node.text("id"), sender.jid(PN), e2e.Message.FromString(plain), node, kind, at)
        if heard.id not in self._shown:
            self.takes(heard)
        self._has_read(sender, heard)

    def _has_read(self, sender: Device, heard: Heard) -> None:
        """Called for each message that a linked device sent and that could be read."""

    def _could_not_read(self, sender: Device, node: Node) -> None:
        """Called for each one that could not."""

    def _told(self, sender: Device, node: Node) -> None:
        """A linked device sent a receipt or a chat state."""
