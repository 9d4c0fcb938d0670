"""The owner's handset: links the shop's client, and may answer customers by hand."""

import asyncio
import base64
import copy
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.whatsapp.archive import Archive, Old
from tests.whatsapp.crypto.app_state import AppState
from tests.whatsapp.crypto.identity import Bundle, Identity
from tests.whatsapp.crypto.keys import KeyPair, verified
from tests.whatsapp.crypto.link_code import TypedCode
from tests.whatsapp.crypto.session import Session
from tests.whatsapp.people.heard import Heard
from tests.whatsapp.people.marks import mark
from tests.whatsapp.people.memories import hand_over
from tests.whatsapp.people.person import Person, new_id
from tests.whatsapp.people.remarks import Remarks
from tests.whatsapp.server import linking, pairing, routing
from tests.whatsapp.server.accounts import Device
from tests.whatsapp.wire.clock import now
from tests.whatsapp.wire.jid import JID, LID
from tests.whatsapp.wire.node import Attrs, Node
from tests.whatsapp.wire.protobufs import adv, e2e

if TYPE_CHECKING:
    from tests.whatsapp.people.customer import Customer
    from tests.whatsapp.server.server import Server

_PHONE_SIGNS = b"\x06\x00"
_CLIENT_SIGNS = b"\x06\x01"


@dataclass(frozen=True)
class Linked:
    """A phone with its linked clients, as another server can take it over: their key stores log in there."""

    identity: Identity
    sessions: dict[bytes, Session]
    app_state: AppState
    next_device: int
    devices: dict[int, tuple[Bundle, dict[int, bytes]]]


class Phone(Person, Remarks["Customer"]):
    def __init__(self, server: "Server", number: str, lid: str, name: str) -> None:
        Person.__init__(self, server, number, lid, name)
        Remarks.__init__(self)
        self.account.app_state = AppState(name)
        self.archive = Archive()

    async def scans(self, code: str, *, wrong_mac: bool = False, wrong_signature: bool = False) -> Device:
        """Link the client that shows this code; returns once it has accepted. It logs in soon after.

        Raises LookupError when no client shows the code, PairingRefused when the client does not accept, TimeoutError
        when it says nothing.
        """
        ref, _, identity, secret, *_ = code.split("#")[-1].split(",")
        key = b"wrong" if wrong_mac else base64.b64decode(secret)
        return await self._link(
            ref, base64.b64decode(identity), key, KeyPair() if wrong_signature else self.identity.pair
        )

    async def enters(self, code: str) -> Device:
        """Link the client that shows these eight characters for this phone's number.

        Raises WrongCode when it shows others (one may try again), LookupError when no client shows a code for this
        number, TimeoutError when the client does not accept.
        """
        offer = linking.offered(self.server, self.account)
        typed = TypedCode(code, offer.hello, self.identity.pair)
        bundle, client = await offer.introduce(typed.answer(), self.identity.pair.public)
        return await self._link(offer.ref, client, typed.secret(bundle, client), self.identity.pair)

    async def _link(self, ref: str, theirs: bytes, secret: bytes, signer: KeyPair) -> Device:
        number = self.account.next_device
        self.account.next_device += 1
        raw = int.from_bytes(os.urandom(3), "big")
        details = adv.ADVDeviceIdentity(rawID=raw, timestamp=now(), keyIndex=number).SerializeToString()
        ours = self.identity.pair
        signed = adv.ADVSignedDeviceIdentity(
            details=details,
            accountSignatureKey=ours.public,
            accountSignature=signer.sign(_PHONE_SIGNS + details + theirs),
        ).SerializeToString()
        mac = hmac.digest(secret, signed, "sha256")
        sealed = adv.ADVSignedDeviceIdentityHMAC(details=signed, HMAC=mac).SerializeToString()
        device, answer = await pairing.link(self.server, ref, self.account, number, sealed)
        theirs_signed = adv.ADVSignedDeviceIdentity.FromString(answer).deviceSignature
        if not verified(theirs, _CLIENT_SIGNS + details + theirs + ours.public, theirs_signed):
            raise ValueError("the client's signature does not verify")
        await self._share_keys_with(device)
        if self.archive.chats:
            await hand_over(self, device, self.archive)
        return device

    def remembers(self, who: "Customer", messages: Sequence[Old]) -> None:
        """A chat of before: each client that is linked from now on gets it."""
        self.archive.remember(who.account, messages)

    async def hands_over(self) -> int:
        """Send its client what it remembers (again); in how many syncs."""
        return await hand_over(self, self.client, self.archive)

    async def remark(self, message: Any, to: "Customer | None", id: str = "") -> str:
        id = id or new_id()
        assert to is not None
        await self.copies(to, message, id)
        return id

    def names(self, to: "Customer | None") -> tuple[JID, JID]:
        assert to is not None
        return (self.account.lid if to.jid.server == LID else self.account.pn), to.jid

    def wrote(self, id: str, to: "Customer | None") -> bool:
        return to is not None and id not in to.sent

    async def types(self, to: "Customer", text: str, *, id: str = "", alt: bool = True) -> str:
        """Answer a customer by hand; its id. The shop's clients get a copy, with both names of the customer if
        `alt`."""
        message, id = e2e.Message(conversation=text), id or new_id()
        await self.copies(to, message, id, alt=alt)
        at = asyncio.get_running_loop().time()
        to.takes(Heard(id, self.account.pn, message, Node("message"), "msg", at))
        return id

    async def copies(self, to: "Customer", message: Any, id: str, kind: str = "text", *, alt: bool = True) -> None:
        """Tell the linked clients that this phone has sent a message."""
        lid = to.jid.server == LID
        copied = e2e.Message(deviceSentMessage=e2e.DeviceSentMessage(destinationJID=str(to.jid), message=message))
        for device in self.account.linked():
            attrs: Attrs = {
                "from": self.account.lid if lid else self.account.pn,
                "recipient": to.jid,
                "id": id,
                "t": str(now()),
                "type": kind,
                "addressing_mode": to.addressing,
            }
            if alt:
                attrs |= {"peer_recipient_pn": to.account.pn} if lid else {"peer_recipient_lid": to.account.lid}
            await routing.deliver(device, mark(Node("message", attrs, [self.sealed(device, copied)]), copied))

    async def unlinks(self) -> None:
        """Log every client out, under Linked devices."""
        for device in self.account.linked():
            device.removed = True
            if device.connection:
                gone = Node("conflict", {"type": "device_removed"})
                await device.connection.dismiss(Node("stream:error", {"code": "401"}, [gone]))

    async def is_replaced(self) -> None:
        """Another program with the same keys takes the connection over."""
        for device in self.account.linked():
            if device.connection:
                await device.connection.dismiss(Node("stream:error", {}, [Node("conflict", {"type": "replaced"})]))

    @property
    def client(self) -> Device:
        """Its one linked client. Raises ValueError when there is none, or more."""
        (device,) = self.account.linked()
        return device

    async def connected(self, within: float = 30.0) -> None:
        """Wait until its client has logged in and wants messages."""

        def listens() -> bool:
            return any(device.connection and device.connection.active for device in self.account.linked())

        await self.server.until(listens, f"the client of {self.name} logs in", within)

    async def disconnected(self, within: float = 30.0) -> None:
        """Wait until its client is gone."""

        def gone() -> bool:
            return not any(device.connection for device in self.account.linked())

        await self.server.until(gone, f"the client of {self.name} goes", within)

    def linked(self) -> Linked:
        """A copy of all that its clients' key stores belong to."""
        state = self.account.app_state
        assert state is not None
        clients = {device.number: (device.bundle, device.once) for device in self.account.linked() if device.bundle}
        return copy.deepcopy(Linked(self.identity, self.sessions, state, self.account.next_device, clients))

    def take_over(self, linked: Linked) -> None:
        """Become the phone that `linked` was."""
        own = copy.deepcopy(linked)
        self.identity, self.sessions = own.identity, own.sessions
        self.device.played = own.identity
        self.account.app_state, self.account.next_device = own.app_state, own.next_device
        for number, (bundle, once) in own.devices.items():
            self.account.devices[number] = Device(self.account, number, bundle=bundle, once=once)

    async def shares_keys(self) -> None:
        """Send all clients the key of the shared settings once more, as phones do when they make a new one."""
        for device in self.account.linked():
            await self._share_keys_with(device)

    async def _share_keys_with(self, device: Device) -> None:
        state = self.account.app_state
        assert state is not None
        share = e2e.Message()
        share.protocolMessage.type = share.protocolMessage.APP_STATE_SYNC_KEY_SHARE
        key = share.protocolMessage.appStateSyncKeyShare.keys.add()
        key.keyID.keyID, key.keyData.keyData, key.keyData.timestamp = state.key_id, state.key, now() * 1000
        key.keyData.fingerprint.rawID = 1
        attrs: Attrs = {"from": self.account.lid, "id": new_id(), "t": str(now())}
        attrs |= {"type": "text", "category": "peer"}
        await routing.deliver(device, Node("message", attrs, [self.sealed(device, share)]))
