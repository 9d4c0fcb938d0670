"""One who writes to a shop."""

from typing import TYPE_CHECKING, Any, Literal

from tests.whatsapp.people.heard import Heard
from tests.whatsapp.people.person import Person, new_id
from tests.whatsapp.server import routing
from tests.whatsapp.server.accounts import Account, Device, background
from tests.whatsapp.wire.clock import now
from tests.whatsapp.wire.jid import JID, LID
from tests.whatsapp.wire.node import Attrs, Node
from tests.whatsapp.wire.protobufs import e2e

if TYPE_CHECKING:
    from tests.whatsapp.people.phone import Phone
    from tests.whatsapp.server.server import Server

Addressing = Literal["lid", "pn"]


class Customer(Person):
    """`addressing` is how WhatsApp names the customer to the shop, `alt` whether it adds the other name. `confirms`:
    the phone says that messages were delivered, as phones do."""

    def __init__(
        self, server: "Server", number: str, lid: str, name: str, shop: "Phone", addressing: Addressing, alt: bool
    ) -> None:
        super().__init__(server, number, lid, name)
        self.shop, self.addressing, self.alt = shop, addressing, alt
        self.confirms = True
        self.sent: dict[str, tuple[Any, str]] = {}

    @property
    def jid(self) -> JID:
        return self.account.lid if self.addressing == LID else self.account.pn

    async def says(self, text: str, *, to: "Phone | None" = None, id: str = "") -> str:
        """Write a text; its id."""
        return await self.sends(e2e.Message(conversation=text), to=to, id=id)

    async def sends(self, message: Any, *, kind: str = "text", to: "Phone | None" = None, id: str = "") -> str:
        """Send an e2e.Message; its id. `kind` is "text" or "media"."""
        id = id or new_id()
        self.sent[id] = message, kind
        for device in (to or self.shop).account.linked():
            await routing.deliver(device, self.stanza(device, message, id, kind))
        return id

    def stanza(self, device: Device, message: Any, id: str, kind: str = "text") -> Node:
        """What the server passes on to one of the shop's clients; encrypted anew each time."""
        lid = self.addressing == LID
        attrs: Attrs = {
            "from": self.jid,
            "id": id,
            "t": str(now()),
            "type": kind,
            "notify": self.name,
            "addressing_mode": self.addressing,
        }
        if self.alt:
            attrs |= {"sender_pn": self.account.pn} if lid else {"sender_lid": self.account.lid}
        return Node("message", attrs, [self.sealed(device, message)])

    async def confirm(self, heard: Heard, kind: Literal["delivered", "read"] = "delivered") -> None:
        """Tell the shop what became of its message: one grey tick more, or blue ones."""
        attrs: Attrs = {"from": self.jid, "id": heard.id, "t": str(now())}
        if kind == "read":
            attrs["type"] = "read"
        account = self.server.accounts.of(heard.sender.user)
        for device in account.linked() if account else []:
            await routing.deliver(device, Node("receipt", dict(attrs)))

    async def reads(self, heard: Heard) -> None:
        """Open the chat and see it."""
        await self.confirm(heard, "read")

    def _has_heard(self, sender: Device, heard: Heard) -> None:
        if self.confirms:
            background(self.confirm(heard), self.server.running)

    def is_of(self, account: Account) -> bool:
        return self.shop.account is account
