"""How high the fences are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

SENDS: Final = ("/messages/send", "/messages/send-media", "/retry", "/schedule-reminder")
"""How paths end whose requests write to a customer."""
UPLOADS: Final[Mapping[str, int]] = {
    "/api/media": 101_000_000,
    "/api/messages/send-media": 101_000_000,
    "/api/contacts/import": 10_100_000,
}
"""Bytes that a request may have on paths that take files. Everywhere else it is `Fences.body`."""


@dataclass(frozen=True, slots=True)
class Fences:
    """`per_minute` requests of one address, `person_per_minute` of one person or API key, `tenant_per_minute` of all
    who are logged in to one tenant, `sends_per_minute` messages that one person or key has sent. `origins` are those
    whose pages may ask (`https://inbox.example`), `proxies` the addresses or networks of those whose
    `X-Forwarded-For` is believed. `at_once` requests are worked on at a time, `sockets` WebSockets of one address."""

    per_minute: int = 100
    person_per_minute: int = 300
    tenant_per_minute: int = 1_000
    sends_per_minute: int = 10
    origins: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    body: int = 1_000_000
    uploads: Mapping[str, int] = field(default_factory=lambda: UPLOADS)
    at_once: int = 256
    sockets: int = 100
    patience: float = 10.0
    """Seconds without a byte of a body that is on its way."""
    slowest: int = 8_192
    """Bytes a second that a body comes with, once `patience` has passed."""
