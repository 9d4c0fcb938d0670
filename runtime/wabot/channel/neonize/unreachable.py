"""Why WhatsApp cannot be reached, in words for the person who owns the shop."""

import re
from typing import Final

from wabot.channel.neonize.redact import redact

HOST: Final = "web.whatsapp.com"

# The first phrase that the library's message contains decides, so the narrower ones stand first.
_REASONS: Final[tuple[tuple[str, str], ...]] = (
    ("proxyconnect", "the proxy cannot be reached"),
    ("proxy", "the proxy refuses the connection"),
    ("no such host", f"the name {HOST} cannot be found (is this machine online?)"),
    ("server misbehaving", f"the name {HOST} cannot be found (is this machine online?)"),
    ("dial tcp: lookup", f"the name {HOST} cannot be found (is this machine online?)"),
    ("network is unreachable", f"there is no network route to {HOST}"),
    ("no route to host", f"there is no network route to {HOST}"),
    ("certificate", f"the answer does not come from {HOST} (its certificate is not trusted)"),
    ("tls:", f"no secure connection to {HOST} can be made"),
    ("connection refused", f"{HOST} refuses the connection"),
    ("connection reset", f"the connection to {HOST} is cut at once"),
    ("timeout", f"{HOST} does not answer in time"),
    ("deadline exceeded", f"{HOST} does not answer in time"),
    ("timed out", f"{HOST} does not answer in time"),
)

_ANSWERED: Final = re.compile(r"handshake\sresponse\sstatus\scode\s101\sbut\sgot\s(\d{3})")
"""What the library says when WhatsApp, or something before it, answers with this status of HTTP."""


def unreachable(error: str, wait: float) -> str:
    """A sentence for the library's message `error`; the next attempt follows in `wait` seconds."""
    return f"WhatsApp cannot be reached: {_reason(error)}. Trying again in {max(1, round(wait))} s."


def out_of_reach(error: str) -> str:
    """The same, while the library tries again by itself."""
    return f"WhatsApp cannot be reached: {_reason(error)}. The bot keeps trying."


def given_up(error: str) -> str:
    """The same, when nobody tries again."""
    return f"WhatsApp cannot be reached: {_reason(error)}."


def _reason(error: str) -> str:
    if said := _ANSWERED.search(error):
        return f"{HOST} refuses the connection ({said[1]})"
    lowered = error.lower()
    cause = error.rsplit('": ', 1)[-1]  # before it stand the library's own steps and the address, which never change
    reason = next((words for phrase, words in _REASONS if phrase in lowered), f"the connection to {HOST} fails")
    return f"{reason} ({redact(cause)})"
