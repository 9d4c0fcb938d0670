"""Where one writes to many: groups, the own status, newsletters. wabot must stay silent in all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from tests.whatsapp.crypto.sender_key import SenderKey
from tests.whatsapp.crypto.session import padded
from tests.whatsapp.people.marks import mark
from tests.whatsapp.people.person import Person, new_id
from tests.whatsapp.server import routing
from tests.whatsapp.server.accounts import Device
from tests.whatsapp.wire.clock import now
from tests.whatsapp.wire.jid import GROUP, JID, LID
from tests.whatsapp.wire.node import Attrs, Node
from tests.whatsapp.wire.protobufs import e2e

if TYPE_CHECKING:
    from tests.whatsapp.people.phone import Phone

STATUS: Final = JID("status", "broadcast")
NEWSLETTER: Final = "newsletter"


class Crowd:
    """A group (its `jid` ends in g.us), or those who see somebody's status. `shops` are the members whose clients we
    write to; `addressing` is how members are named. Each who speaks hands out their sender key with the first message.
    """

    def __init__(self, jid: JID, shops: Sequence[Phone], addressing: str = LID) -> None:
        self.jid, self.shops, self.addressing = jid, tuple(shops), addressing
        self._keys: dict[Person, SenderKey] = {}
        self._told: set[tuple[Person, Device]] = set()

    async def says(self, who: Person, text: str, *, id: str = "") -> str:
        """Write a text; its id."""
        return await self.sends(who, e2e.Message(conversation=text), id=id)

    async def sends(self, who: Person, message: Any, *, id: str = "") -> str:
        id = id or new_id()
        key = self._keys.setdefault(who, SenderKey())
        before = key.distribution()
        sealed = key.seal(padded(message.SerializeToString()))
        for shop in self.shops:
            for device in shop.account.linked():
                parts = [Node("enc", {"v": "2", "type": "skmsg"}, sealed)]
                if (who, device) not in self._told:
                    self._told.add((who, device))
                    parts.insert(0, who.sealed(device, self._introduction(before)))
                node = Node("message", self._attrs(who, id), [*parts])
                await routing.deliver(device, mark(node, message))
        return id

    def _introduction(self, distribution: bytes) -> Any:
        key = e2e.SenderKeyDistributionMessage(groupID=str(self.jid), axolotlSenderKeyDistributionMessage=distribution)
        return e2e.Message(senderKeyDistributionMessage=key)

    def _attrs(self, who: Person, id: str) -> Attrs:
        lid, pn = who.account.lid, who.account.pn
        named = (lid, "participant_pn", pn) if self.addressing == LID else (pn, "participant_lid", lid)
        attrs: Attrs = {"from": self.jid, "participant": named[0], named[1]: named[2], "id": id}
        return attrs | {"t": str(now()), "notify": who.name, "addressing_mode": self.addressing}


class Newsletter:
    """A channel that `shops` follow: WhatsApp reads along, so nothing is sealed."""

    def __init__(self, jid: JID, shops: Sequence[Phone]) -> None:
        self.jid, self.shops = jid, tuple(shops)
        self._count = 100

    async def publishes(self, text: str, *, id: str = "") -> str:
        """Its id."""
        id = id or new_id()
        self._count += 1
        plain = e2e.Message(conversation=text).SerializeToString()
        for shop in self.shops:
            for device in shop.account.linked():
                attrs: Attrs = {
                    "from": self.jid,
                    "id": id,
                    "server_id": str(self._count),
                    "t": str(now()),
                    "type": "text",
                }
                await routing.deliver(device, Node("message", attrs, [Node("plaintext", {}, plain)]))
        return id


def group_jid(number: int) -> JID:
    """As WhatsApp numbers groups since it stopped naming them after who made them."""
    return JID(f"120363{number:012}", GROUP)
