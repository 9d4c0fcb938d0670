"""What goes wrong at WhatsApp, when a test asks for it."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.whatsapp.wire.node import Node

Answer = Node | None | bool
"""What becomes of a message's acknowledgement: None as usual, False none at all, a stanza instead."""


@dataclass
class Faults:
    """`login` goes out instead of success. `unreachable`: connects are refused. `on_message` looks at each message that
    a client sends, before anybody gets it."""

    login: Node | None = None
    unreachable: bool = False
    on_message: Callable[[Node], Answer] | None = None
