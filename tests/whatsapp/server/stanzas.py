"""Which part answers which stanza of a client. A new kind has a row here."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from tests.whatsapp.server import answers, presence, routing
from tests.whatsapp.server.connection import Connection
from tests.whatsapp.wire.node import Node

Handler = Callable[[Connection, Node], Awaitable[None]]


async def _noted(_: Connection, __: Node) -> None:
    """Kept in `received`, and no more."""


STANZAS: Final[Mapping[str, Handler]] = {
    "iq": answers.answer,
    "message": routing.message,
    "receipt": routing.receipt,
    "ack": routing.acknowledged,
    "chatstate": routing.chat_state,
    "presence": presence.take,
    "ib": _noted,
}
