"""Which requests are one address's."""

from collections.abc import MutableMapping
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, Final

_PREFIX: Final = 64
"""Bits of an IPv6 address that one customer of a provider has: the rest is theirs to choose."""


def address_of(scope: MutableMapping[str, Any]) -> str:
    """Under which name a request's client is counted; "" for one without an address (a Unix socket)."""
    client = scope.get("client")
    return counted_as(client[0]) if client else ""


@lru_cache(maxsize=4096)
def counted_as(address: str) -> str:
    """An IPv4 address as it is, also inside an IPv6 one; of an IPv6 address the network of its customer."""
    try:
        found = ip_address(address)
    except ValueError:
        return address[:64]
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ip_network((int(found), _PREFIX), strict=False))
