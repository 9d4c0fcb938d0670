"""What goes wrong at WhatsApp, when a test asks for it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tests.whatsapp.wire.node import Attrs, Node

Answer = Node | None | Literal[False, "in silence"]
"""What becomes of a message's acknowledgement: None as usual, False none at all, and nobody gets the message; in
silence: everybody gets it, and nothing goes back; a stanza instead."""


@dataclass
class Faults:
    """`login` goes out instead of success; `mute`: logins are not answered. `unreachable`: connects are refused.
    `on_message` looks at each message that a client sends, before anybody gets it."""

    login: Node | None = None
    mute: bool = False
    unreachable: bool = False
    on_message: Callable[[Node], Answer] | None = None


def failure(reason: int, *, ban: int = 101, expire: int = 3600) -> Node:
    """A refused login. 402 is a ban of `expire` seconds: `ban` says why (101: too many people blocked it)."""
    attrs: Attrs = {"reason": str(reason), "location": "frc"}
    if reason == 402:
        attrs |= {"code": str(ban), "expire": str(expire)}
    return Node("failure", attrs)


def refusal(node: Node, error: int) -> Node:
    """The acknowledgement that says that a message was not taken."""
    return Node("ack", {"class": "message", "id": node.text("id"), "from": node.jid("to"), "error": str(error)})


class Swallowed:
    """Messages whose acknowledgement is lost; they are not passed on either. `ids` holds those that came."""

    def __init__(self, first: int) -> None:
        self.ids: list[str] = []
        self._first = first

    def __call__(self, node: Node) -> Answer:
        self.ids.append(node.text("id"))
        return False if len(self.ids) <= self._first else None


class Silenced:
    """Messages that arrive, while their acknowledgements are lost on the way back. `ids` holds those that came."""

    def __init__(self, first: int) -> None:
        self.ids: list[str] = []
        self._first = first

    def __call__(self, node: Node) -> Answer:
        self.ids.append(node.text("id"))
        return "in silence" if len(self.ids) <= self._first else None
