"""The whole of it: a WhatsApp of one's own."""

import itertools
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.whatsapp.people.crowds import NEWSLETTER, Crowd, Newsletter, group_jid
from tests.whatsapp.people.customer import Addressing, Customer
from tests.whatsapp.people.phone import Linked, Phone
from tests.whatsapp.server.faults import Silenced, Swallowed, failure, refusal
from tests.whatsapp.server.server import Server
from tests.whatsapp.wire import tls
from tests.whatsapp.wire.jid import JID
from tests.whatsapp.wire.node import Node
from tests.whatsapp.wire.noise import ROOT
from tests.whatsapp.wire.proxy import ConnectProxy

INSIDE: Final = Path(__file__).parent / "inside"
HERE: Final = "127.0.0.1,localhost,::1"


class WhatsApp:
    """A server on loopback, and its people. It lives in the event loop of the test; clients run in other processes,
    with `environment()`. `trace` gets ("client" or "server", stanza); WHATSAPP_TRACE=1 prints them."""

    def __init__(self, trace: Callable[[str, Node], None] | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="whatsapp-")
        self._trusted, context = tls.make(Path(self._folder.name))
        self.server = Server(context, trace or (_print if os.environ.get("WHATSAPP_TRACE") else None))
        self.faults = self.server.faults
        self.media = self.server.media
        self.phones: list[Phone] = []
        self.proxy = ConnectProxy({})
        self._numbers = itertools.count(30_000_001)
        self._crowds = 0

    async def __aenter__(self) -> Self:
        await self.server.start()
        self.proxy.routes = {"web.whatsapp.com:443": self.server.port, ".whatsapp.net:443": self.media.port}
        await self.proxy.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.proxy.stop()
        await self.server.stop()
        self._folder.cleanup()
        if self.server.errors and error is None:
            raise ExceptionGroup("the WhatsApp server for tests failed", self.server.errors)

    def phone(self, number: str, name: str = "Warung", *, lid: str = "", linked: Linked | None = None) -> Phone:
        """The handset of a shop's owner. `linked`: the clients that were linked to it on another server."""
        phone = Phone(self.server, number, lid or _lid(number), name)
        if linked:
            phone.take_over(linked)
        self.phones.append(phone)
        return phone

    def customer(
        self,
        name: str,
        number: str = "",
        *,
        of: Phone | None = None,
        lid: str = "",
        addressing: Addressing = "lid",
        alt: bool = True,
    ) -> Customer:
        """One who writes to the shop `of` (the first one), from a number of their own. See `Customer`."""
        number = number or f"62812{next(self._numbers):08}"
        return Customer(self.server, number, lid or _lid(number), name, of or self.phones[0], addressing, alt)

    def refuses(self, reason: int, *, ban: int = 101, expire: int = 3600) -> None:
        """From now on logins fail: 401 unlinked, 402 banned for `expire` seconds (`ban` says why), 403 the phone is
        gone, 405 outdated, 406 banned for good, 400, 409, 414, 463 restricted, 500 and 503 a fault of WhatsApp's own.
        0: they succeed again."""
        self.faults.login = failure(reason, ban=ban, expire=expire) if reason else None

    def refuses_messages(self, error: int) -> None:
        """From now on what clients send is not taken: 463 for an account that may not write first. 0: it is again."""
        self.faults.on_message = (lambda node: refusal(node, error)) if error else None

    def loses_messages(self, first: int) -> Swallowed:
        """The next so many messages of clients get lost on their way here, and no acknowledgement goes back."""
        self.faults.on_message = lost = Swallowed(first)
        return lost

    def loses_acknowledgements(self, first: int) -> Silenced:
        """The next so many messages of clients reach everybody, and no acknowledgement goes back."""
        self.faults.on_message = silent = Silenced(first)
        return silent

    def cut(self) -> None:
        """Break every connection without a goodbye."""
        self.proxy.cut()

    def goes_away(self) -> None:
        """Break every connection, and refuse new ones."""
        self.faults.unreachable = True
        self.cut()

    def comes_back(self) -> None:
        self.faults.unreachable = False

    def hangs(self) -> None:
        """Connections stay, but nothing moves on them any more."""
        self.proxy.flowing.clear()

    def flows(self) -> None:
        self.proxy.flowing.set()

    def group(self, *, addressing: Addressing = "lid") -> Crowd:
        """A group that every shop is in. Anybody may speak in it: `await group.says(budi, "jam buka?")`."""
        self._crowds += 1
        return Crowd(group_jid(self._crowds), self.phones, addressing)

    def newsletter(self) -> Newsletter:
        """A channel that every shop follows."""
        self._crowds += 1
        return Newsletter(JID(group_jid(self._crowds).user, NEWSLETTER), self.phones)

    def environment(self) -> dict[str, str]:
        """What a client's process needs from its start on, beside `os.environ`."""
        path = os.environ.get("PYTHONPATH")
        return {
            "SSL_CERT_FILE": str(self._trusted),
            "PYTHONPATH": f"{INSIDE}{os.pathsep}{path}" if path else str(INSIDE),
            "WHATSAPP_ROOT_FOR_TESTS": ROOT.public.hex(),
            "WABOT_WHATSAPP_PROXY": self.address,
            "HTTPS_PROXY": self.address,
            "HTTP_PROXY": self.address,
            "NO_PROXY": HERE,
        }

    @property
    def address(self) -> str:
        """The proxy through which clients come here."""
        return f"http://127.0.0.1:{self.proxy.port}"


def _print(who: str, node: Node) -> None:
    sys.stderr.write(f"{time.perf_counter():12.3f} {who:6} {node}\n")


def _lid(number: str) -> str:
    """Another number of as many digits, that nobody takes for a phone number."""
    return "1" + number[::-1]
