"""Who somebody is: devices, LID, and whether a number has WhatsApp."""

from tests.whatsapp.server.accounts import Account
from tests.whatsapp.server.connection import Connection
from tests.whatsapp.wire.jid import JID
from tests.whatsapp.wire.node import Node

_EMPTY = ("status", "picture", "business", "disappearing_mode", "username")


async def answer(connection: Connection, node: Node) -> list[Node] | None:
    asked = node.get("usync")
    wanted = [query.tag for query in asked.get("query").children()]
    users = [_user(connection, user, wanted) for user in asked.get("list").children("user")]
    result = [Node("result", {}, [Node(tag) for tag in wanted]), Node("list", {}, users)]
    return [Node("usync", dict(asked.attrs), result)]


def _user(connection: Connection, user: Node, wanted: list[str]) -> Node:
    contact = user.find("contact")
    asked = JID(contact.data.decode().split("@")[0].lstrip("+")) if contact else user.jid("jid")
    account = connection.server.accounts.of(asked)
    jid = user.attrs.get("jid") or (account.lid if account else asked)
    found: list[Node] = []
    for tag in wanted:
        if tag == "contact":
            found.append(Node("contact", {"type": "in" if account else "out"}, contact.data if contact else None))
        elif account:
            found += _facts(account, tag)
    return Node("user", {"jid": jid, "pn_jid": account.pn if contact and account else None}, found)


def _facts(account: Account, tag: str) -> list[Node]:
    if tag == "devices":
        numbers = [number for number, device in account.devices.items() if not device.removed]
        ids = [Node("device", {"id": str(number), "key-index": str(number) if number else None}) for number in numbers]
        return [Node("devices", {}, [Node("device-list", {}, ids)])]
    if tag == "lid":
        return [Node("lid", {"val": account.lid})]
    return [Node(tag)] if tag in _EMPTY else []
