"""One who writes to a shop."""

import asyncio
import os
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from tests.whatsapp.crypto.identity import Identity
from tests.whatsapp.people.crowds import STATUS, Crowd
from tests.whatsapp.people.heard import Heard
from tests.whatsapp.people.marks import mark
from tests.whatsapp.people.person import PATIENCE, Person, new_id
from tests.whatsapp.people.remarks import Remarks
from tests.whatsapp.server import routing
from tests.whatsapp.server.accounts import Account, Device
from tests.whatsapp.server.answers.keys import published
from tests.whatsapp.wire.clock import now
from tests.whatsapp.wire.jid import JID, LID
from tests.whatsapp.wire.node import Attrs, Node
from tests.whatsapp.wire.protobufs import e2e

if TYPE_CHECKING:
    from tests.whatsapp.people.phone import Phone
    from tests.whatsapp.server.server import Server

Addressing = Literal["lid", "pn"]
MOST_REQUESTS: Final = 4
"""How often a phone asks for a message that it cannot read."""


@dataclass(frozen=True, slots=True)
class Tick:
    """What the shop's client did with a message of the customer's: `kind` is "delivered", "inactive" (delivered to a
    client that is not available), "read", or "retry" (it could not be read). `at` is the event loop's time in s."""

    kind: str
    ids: tuple[str, ...]
    at: float


@dataclass(frozen=True, slots=True)
class Typing:
    """The shop's client began ("composing") or ended ("paused") to type."""

    state: str
    at: float


class Customer(Person, Remarks["Phone"]):
    """`addressing` is how WhatsApp names the customer to the shop, `alt` whether it adds the other name.

    The phone confirms what arrives (`confirms`), and sends again what the shop's client could not read. What it cannot
    read itself it counts in `unreadable`; with `asks_again` it asks for it once more, as phones do.
    """

    def __init__(
        self, server: "Server", number: str, lid: str, name: str, shop: "Phone", addressing: Addressing, alt: bool
    ) -> None:
        Person.__init__(self, server, number, lid, name)
        Remarks.__init__(self)
        self.shop, self.addressing, self.alt = shop, addressing, alt
        self.confirms, self.asks_again = True, False
        self.status = Crowd(STATUS, [shop], addressing)
        self.sent: dict[str, Any] = {}
        self.ticks: list[Tick] = []
        self.typing: list[Typing] = []
        self._stanzas: dict[str, dict[Device, Node]] = {}
        self._missed: list[tuple[Device, Node]] = []
        self._asked: Counter[str] = Counter()
        self._seen_typing = 0

    @property
    def jid(self) -> JID:
        return self.account.lid if self.addressing == LID else self.account.pn

    async def says(self, text: str, *, to: "Phone | None" = None, id: str = "", ago: int = 0) -> str:
        """Write a text; its id. `ago`: it was written so many seconds before."""
        return await self.sends(e2e.Message(conversation=text), to=to, id=id, ago=ago)

    async def sends(self, message: Any, *, to: "Phone | None" = None, id: str = "", ago: int = 0) -> str:
        """Send an e2e.Message; its id."""
        id = id or new_id()
        self.sent[id] = message
        for device in (to or self.shop).account.linked():
            stanza = self.stanza(device, message, id)
            stanza.attrs["t"] = str(now() - ago)
            await self._deliver(device, stanza)
        return id

    async def repeats(self, id: str, *, sealed_anew: bool = False) -> None:
        """Send a message once more with the same id: the same bytes, as a server does that missed the confirmation, or
        encrypted anew."""
        message = self.sent[id]
        for device, stanza in list(self._stanzas[id].items()):
            again = self.stanza(device, message, id) if sealed_anew else stanza
            await self._deliver(device, again)

    async def garbles(self, text: str, *, for_good: bool = False) -> str:
        """Write a text that the shop's client cannot decrypt; its id. The phone sends it again when asked, unless it is
        lost `for_good`."""
        id, message = new_id(), e2e.Message(conversation=text)
        if not for_good:
            self.sent[id] = message
        for device in self.shop.account.linked():
            stanza = self.stanza(device, message, id)
            enc = stanza.get("enc")
            enc.content = enc.data[:-4] + bytes(4)
            await self._deliver(device, stanza)
        return id

    async def _deliver(self, device: Device, stanza: Node) -> None:
        self._stanzas.setdefault(stanza.text("id"), {})[device] = stanza
        await routing.deliver(device, stanza)

    def stanza(self, device: Device, message: Any, id: str) -> Node:
        """What the server passes on to one of the shop's clients; encrypted anew each time."""
        lid = self.addressing == LID
        attrs: Attrs = {
            "from": self.jid,
            "id": id,
            "t": str(now()),
            "type": "text",
            "notify": self.name,
            "addressing_mode": self.addressing,
        }
        if self.alt:
            attrs |= {"sender_pn": self.account.pn} if lid else {"sender_lid": self.account.lid}
        return mark(Node("message", attrs, [self.sealed(device, message)]), message)

    async def remark(self, message: Any, to: "Phone | None", id: str = "") -> str:
        return await self.sends(message, to=to, id=id)

    def names(self, to: "Phone | None") -> tuple[JID, JID]:
        shop = (to or self.shop).account
        return (self.jid, shop.lid if self.addressing == LID else shop.pn)

    def wrote(self, id: str, to: "Phone | None") -> bool:
        return id in self.sent

    async def shows_once_on_the_phone(self) -> str:
        """A photo to be looked at once: linked clients are told that there is one, and no more. Its id."""
        id = new_id()
        for device in self.shop.account.linked():
            node = self.stanza(device, e2e.Message(), id)
            node.attrs["type"], node.content = "media", [Node("unavailable", {"type": "view_once"})]
            await routing.deliver(device, node)
        return id

    async def calls(self) -> None:
        """Let the shop's phones ring, and hang up."""
        call = os.urandom(16).hex().upper()
        creator: Attrs = {"call-id": call, "call-creator": self.jid, "caller_pn": self.account.pn}
        for step in (Node("offer", creator, [Node("audio")]), Node("terminate", {**creator, "reason": "timeout"})):
            attrs: Attrs = {"from": self.jid, "t": str(now()), "platform": "android", "version": "2.26.1"}
            for device in self.shop.account.linked():
                await routing.deliver(device, Node("call", {**attrs, "id": self.server.new_id()}, [step]))

    async def reinstalls(self, *, announced: bool) -> None:
        """Have WhatsApp on a new phone: other keys, and no session with anybody. `announced`: the server says so."""
        self.identity = self.device.played = Identity()
        self.sessions.clear()
        for device in self.shop.account.linked() if announced else []:
            attrs: Attrs = {"from": self.jid, "type": "encrypt", "id": self.server.new_id(), "t": str(now())}
            await routing.deliver(device, Node("notification", attrs, [Node("identity")]))

    async def posts_status(self, text: str) -> str:
        """For all contacts to see, the shop among them."""
        return await self.status.says(self, text)

    async def starts_typing(self) -> None:
        for device in self.shop.account.linked():
            if device.connection:
                await device.connection.send(Node("chatstate", {"from": self.jid}, [Node("composing")]))

    async def confirm(self, heard: Heard, kind: Literal["delivered", "read"] = "delivered") -> None:
        """Tell the shop what became of its message: one grey tick more, or blue ones."""
        await self.confirms_id(heard.id, kind, self.server.accounts.of(heard.sender))

    async def confirms_id(
        self, id: str, kind: Literal["delivered", "read"] = "delivered", shop: Account | None = None
    ) -> None:
        """The same, of a message that stands in no `heard`; of the customer's own shop, if no other is named."""
        attrs: Attrs = {"from": self.jid, "id": id, "t": str(now())}
        if kind == "read":
            attrs["type"] = "read"
        for device in (shop or self.shop.account).linked():
            await routing.deliver(device, Node("receipt", dict(attrs)))

    async def reads(self, heard: Heard) -> None:
        """Open the chat and see it."""
        await self.confirm(heard, "read")

    async def sees_typing(self, state: str = "composing", within: float = PATIENCE) -> Typing:
        """The shop's next "typing…" (or its end, "paused") that no earlier call returned."""

        def found() -> int | None:
            states = range(self._seen_typing, len(self.typing))
            return next((at for at in states if self.typing[at].state == state), None)

        await self.bell.until(lambda: found() is not None, f"{self.name} sees {state}", within)
        at = found()
        assert at is not None
        self._seen_typing = at + 1
        return self.typing[at]

    async def sees_tick(self, id: str, kind: str, within: float = PATIENCE) -> Tick:
        """The shop's client has got ("delivered", "inactive") or read the message with this id."""

        def found() -> Tick | None:
            return next((tick for tick in self.ticks if tick.kind == kind and id in tick.ids), None)

        what = f"{self.name} sees {kind} at {id}; {self.ticks}"
        await self.bell.until(lambda: found() is not None, what, within)
        tick = found()
        assert tick is not None
        return tick

    def _has_read(self, sender: Device, heard: Heard) -> None:
        if self.confirms:
            self.server.beside(self.confirm(heard))

    def _could_not_read(self, sender: Device, node: Node) -> None:
        if self.asks_again:
            self.server.beside(self._ask_again(sender, node))
        else:
            self._missed.append((sender, node))

    def loses_its_sessions(self) -> None:
        """The phone was restored from an old backup, say: it can read nothing that is not sealed anew."""
        for session in self.sessions.values():
            session.forget()

    async def asks_for_what_it_missed(self) -> None:
        """Ask once more for everything that could not be read so far."""
        for sender, node in self._missed:
            await self._ask_again(sender, node)

    async def _ask_again(self, sender: Device, node: Node) -> None:
        id = node.text("id")
        self._asked[id] += 1
        if self._asked[id] > MOST_REQUESTS:
            return
        retry = Node("retry", {"v": "1", "count": str(self._asked[id]), "id": id, "t": str(now())})
        registration, *keys = published(self.device.take_bundle())
        attrs: Attrs = {"from": self.jid, "id": id, "t": str(now()), "type": "retry"}
        await routing.deliver(sender, Node("receipt", attrs, [retry, registration, Node("keys", {}, keys)]))

    def _told(self, sender: Device, node: Node) -> None:
        at = asyncio.get_running_loop().time()
        if node.tag == "chatstate":
            self.typing += [Typing(child.tag, at) for child in node.children()]
        else:
            self.ticks.append(Tick(node.text("type") or "delivered", routing.named(node), at))
            if node.text("type") == "retry":
                self.server.beside(self._send_again(sender, node))
        self.bell.ring()

    async def _send_again(self, device: Device, node: Node) -> None:
        """The shop's client could not read it: begin a new session, and say it there."""
        id, count = node.text("id"), node.get("retry").text("count")
        if id not in self.sent:
            return
        message = self.sent[id]
        self.session(device).forget()
        stanza = self.stanza(device, message, id)
        stanza.get("enc").attrs["count"] = count
        await self._deliver(device, stanza)
