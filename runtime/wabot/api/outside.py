"""Asking machines outside, by addresses that people name: never one of our own network, whatever a name resolves to.

A name is resolved once, each address that comes of it is judged, and the connection goes to a judged address, so that a
name server cannot answer otherwise between the look and the connection. Redirects are answers like any other: nobody
follows them. Proxies of the environment are not used: they would resolve the name by themselves.
"""

import asyncio
import ipaddress
import re
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import httpx

from wabot.model.errors import WabotError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host and port → IP addresses, best first. Raises OSError when there are none."""

_TRIED: Final = 3
"""Addresses of one name that are tried, one after the other, until one can be connected to."""
_PRIVATE: Final = tuple(
    map(
        ipaddress.ip_network,
        ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7"),
    )
)
"""What the node may open by a setting. Never among it: link-local addresses, where clouds keep their secrets."""
_LOCAL: Final = ipaddress.ip_network("64:ff9b:1::/48")
"""Translated to whatever the network's owner likes (RFC 8215), though it counts as global."""
_HOST: Final = re.compile(rb"[A-Za-z0-9._-]{1,253}|[0-9A-Fa-f:.]{2,45}")
"""A name, in ASCII by then, or an address."""
_WRAPPING: Final = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "::/96", "::ffff:0:0:0/96")))
"""IPv6 networks whose addresses end in one of IPv4 that they are translated to."""


class Forbidden(WabotError):
    """Nobody may have this machine ask that address. The text names neither."""


class Unreachable(WabotError):
    """There was no answer, or nobody can tell. The text holds neither URL nor address."""


async def look_up(host: str, port: int) -> Sequence[str]:
    """The machine's own resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


@dataclass(frozen=True)
class Outside:
    """`private` opens addresses of private networks and of this machine, and plain http to those. `tls` None trusts
    whom everybody trusts."""

    private: bool = False
    resolve: Resolve = look_up
    tls: ssl.SSLContext | None = None

    def check(self, url: str) -> httpx.URL:
        """What can be told of a URL without asking anybody.

        Raises:
            Forbidden: it is none that may be asked.
        """
        try:
            parsed = httpx.URL(url)
            port = parsed.port
        except (httpx.InvalidURL, ValueError) as error:
            raise Forbidden("that is not a URL") from error
        if parsed.scheme not in ("https", "http") or (parsed.scheme == "http" and not self.private):
            raise Forbidden("the URL must begin with https://")
        if not _HOST.fullmatch(parsed.raw_host) or not 0 < (port or 443) < 65_536:
            raise Forbidden("the URL names no host")
        if parsed.userinfo:
            raise Forbidden("the URL must hold no user or password")
        try:
            literal = ipaddress.ip_address(parsed.host)
        except ValueError:
            return parsed
        self._judge([str(literal)], plain=parsed.scheme == "http")
        return parsed

    @asynccontextmanager
    async def ask(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        seconds: float = 10.0,
    ) -> AsyncIterator["Answer"]:
        """Send a request; all of it, and what is done within the block, has so many seconds.

        Raises:
            Forbidden, Unreachable: within the block, too.
        """
        parsed = self.check(url)
        late = asyncio.timeout(seconds)
        try:
            async with late:
                addresses = await self._addresses(parsed)
                # Not the machine's proxies, nor its .netrc.
                async with httpx.AsyncClient(verify=self._tls, trust_env=False, timeout=seconds) as client:
                    with _plainly():
                        response = await _sent(client, method, parsed, addresses, dict(headers or {}), content)
                    try:
                        yield Answer(response)
                    finally:
                        await response.aclose()
        except TimeoutError as error:
            if not late.expired():
                raise
            raise Unreachable(f"there was no answer within {seconds:g} s") from error

    async def _addresses(self, url: httpx.URL) -> list[str]:
        try:
            found = await self.resolve(url.host, url.port or (443 if url.scheme == "https" else 80))
        except (OSError, UnicodeError) as error:
            raise Unreachable("there is no such host") from error
        if not found:
            raise Unreachable("there is no such host")
        return self._judge(found, plain=url.scheme == "http")

    def _judge(self, found: Sequence[str], *, plain: bool) -> list[str]:
        """The addresses, if every one may be asked: a name that leads both ways is somebody's attempt."""
        addresses = [ipaddress.ip_address(each.partition("%")[0]) for each in found]
        for address in addresses:
            near = is_private(address)
            if not (self.private if near else is_public(address)):
                raise Forbidden("the URL leads into a private or reserved network")
            if plain and not near:
                raise Forbidden("the URL must begin with https://")
        return [str(address) for address in dict.fromkeys(addresses)]

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return self.tls or httpx.create_ssl_context()


class Answer:
    """What came back: `status`, `headers`, and a body that is read in `pieces` or not at all."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self.status, self.headers = response.status_code, response.headers

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body as it came: what it says of an encoding is not undone, since a kilobyte can unpack to gigabytes.

        Raises:
            Unreachable: it broke off.
        """
        with _plainly():
            async for piece in self._response.aiter_raw():
                yield piece


@contextmanager
def _plainly() -> Iterator[None]:
    try:
        yield
    except httpx.TimeoutException as error:
        raise Unreachable("there was no answer in time") from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise Unreachable(f"it cannot be reached ({type(error).__name__})") from error


async def _sent(
    client: httpx.AsyncClient,
    method: str,
    url: httpx.URL,
    addresses: Sequence[str],
    headers: dict[str, str],
    content: bytes | None,
) -> httpx.Response:
    """The answer of the first address that can be connected to; what was sent once is not sent to another."""
    # The certificate must be the host's, whatever address it stands at.
    named: dict[str, str] = {"sni_hostname": url.raw_host.decode("ascii")} if url.scheme == "https" else {}
    headers = {"accept-encoding": "identity", "user-agent": "wabot", **headers, "host": url.netloc.decode("ascii")}
    failed: Exception | None = None
    for address in addresses[:_TRIED]:
        request = client.build_request(
            method, url.copy_with(host=address), headers=headers, content=content, extensions=named
        )
        try:
            return await client.send(request, stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            failed = error
    assert failed is not None
    raise failed


def is_private(address: Address) -> bool:
    """Whether it is this machine's own, or of a private network; also where IPv6 only wraps it."""
    inner = _unwrapped(address)
    return any(inner.version == network.version and inner in network for network in _PRIVATE)


def is_public(address: Address) -> bool:
    """Whether it is anybody's on the internet, and nothing else: not shared, reserved, link-local or multicast."""
    inner = _unwrapped(address)
    if inner is not address:
        return is_public(inner)
    special = (
        address.is_private,
        address.is_loopback,
        address.is_link_local,
        address.is_multicast,
        address.is_reserved,
        address.is_unspecified,
        isinstance(address, ipaddress.IPv6Address) and (address.is_site_local or address in _LOCAL),
    )
    return address.is_global and not any(special)


def _unwrapped(address: Address) -> Address:
    """The IPv4 address that an IPv6 one leads to, where it does."""
    if isinstance(address, ipaddress.IPv4Address) or address.is_loopback or address.is_unspecified:
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if any(address in network for network in _WRAPPING):
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address
