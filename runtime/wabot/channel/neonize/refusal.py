"""What became of a message when the library says that sending it failed."""

from typing import Final

from wabot.channel.neonize.redact import redact
from wabot.model.errors import ChannelError, CustomerGone, SendRefused, SendRestricted, SendUnknown

# Said by the library before the message is handed to the network.
_NOT_SENT: Final = (
    "websocket not connected",
    "doesn't contain a device jid",
    "failed to get device list",
    "failed to fetch prekeys",
    "failed to get lid for pn",
    "info query",
)
_GONE: Final = "no lid found"
"""WhatsApp does not know the customer's number (any more)."""
_NEVER: Final = ("server returned error", "unknown server", "can't send message to")


def refusal(error: str) -> ChannelError:
    """The error to raise for the library's message `error`.

    Whatever is not known to have failed before the message left counts as unknown: a message twice is worse than a
    message that a person has to look at.
    """
    lowered = error.lower()
    said = redact(error)
    if "server returned error 463" in lowered:
        return SendRestricted(f"WhatsApp does not let this number start or go on with this chat ({said}).")
    if _GONE in lowered:
        return CustomerGone(f"WhatsApp refused the message ({said}).")
    if any(phrase in lowered for phrase in _NEVER):
        return SendRefused(f"WhatsApp refused the message ({said}).")
    if any(phrase in lowered for phrase in _NOT_SENT) and "message send" not in lowered:
        return ChannelError(f"The message did not go out ({said}). It can be tried again.")
    return SendUnknown(f"WhatsApp did not say whether the message went out ({said}). Look at the chat on the phone.")
