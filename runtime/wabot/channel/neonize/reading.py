"""A message as it is kept, whatever a customer sent: it was confirmed to WhatsApp already, and nobody says it again."""

from collections.abc import Callable
from typing import Any

from wabot.channel.neonize.addresses import Addresses
from wabot.channel.neonize.seals import Seals
from wabot.channel.neonize.translate import read_message
from wabot.model.failure import place_of
from wabot.model.message import Message


def read_or_keep(body: Any, addresses: Addresses, seals: Seals, complain: Callable[[str], None]) -> Message:
    """The library's MessageEv; without its content when that cannot be read, which `complain` is told."""
    try:
        seals.unseal(body)
        return read_message(body, addresses)
    except Exception as error:  # a customer must not end the process by what they send
        complain(f"a message cannot be read: it is kept without its content ({place_of(error)})")
        body.ClearField("Message")
        return read_message(body, addresses)
