"""The Channel that is WhatsApp: one tenant, one process, one connection at a time."""

import asyncio
import random
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from wabot.channel.neonize.addresses import Addresses
from wabot.channel.neonize.backoff import backoff
from wabot.channel.neonize.connection import Connection
from wabot.channel.neonize.downloading import download
from wabot.channel.neonize.following import CUT_SECONDS, LOGIN_SECONDS, Following
from wabot.channel.neonize.importing import Importer
from wabot.channel.neonize.keys import database_name, protect
from wabot.channel.neonize.library import Client, Event, Library
from wabot.channel.neonize.linked import mark, read_linked, restore_command
from wabot.channel.neonize.outcomes import NETWORK, other_keys, unlinked
from wabot.channel.neonize.pause import pause
from wabot.channel.neonize.pulse import EVERY, watch
from wabot.channel.neonize.rescuing import Rescuing
from wabot.channel.neonize.speaking import Speaking
from wabot.channel.neonize.spool import FOLDER
from wabot.channel.neonize.unreachable import unreachable
from wabot.channel.neonize.unusable import using
from wabot.model.errors import ChannelError, KeysDamaged
from wabot.model.message import Attachment
from wabot.model.session import SessionState
from wabot.model.turn import Outbound
from wabot.ports import Clock, Inbox

# Each failed attempt leaves two open files and some 200 kB behind in the library.
ATTEMPTS: Final = 100
# Between looks whether the key store is still there.
LOOK_SECONDS: Final = 2.0
# A connection that lasted so long may be made again at once.
STEADY_MS: Final = 60_000
_LOOK: Final = 2.0
"""Seconds between looks whether a ban is over, by a clock that may be set, or was lifted."""


class NeonizeChannel:
    """WhatsApp for one tenant.

    `keys` is the tenant's key store (`data/<tenant>/keys.db`). `phone` is the tenant's number, digits with the country
    code: with keys of any other number `run` does not log in, and a phone of any other number that is linked by a
    code shown here is unlinked at once. `show_qr` gets each pairing code and says whether a person can
    see it; None: nobody can, and without keys no code is asked for. `proxy` ("http://host:port" or "socks5://…", ""
    for none) carries all traffic; the session takes it from the environment variable WABOT_WHATSAPP_PROXY. `find` tells
    where a file that a reply names lies now. `complain` gets sentences for the log. `cut_seconds` is how long a
    connection may be out of reach before another process must make it, `login_seconds` how long a login may stay
    unanswered, `look_seconds` how often the library is asked whether it is connected. Raises ChannelError when `phone`
    is no number.

    Once a state with an action has been reported and `run` has returned, that state is for a person to read.
    """

    def __init__(
        self,
        keys: Path,
        phone: str,
        clock: Clock,
        show_qr: Callable[[str], bool] | None,
        *,
        proxy: str = "",
        complain: Callable[[str], None] = lambda _text: None,
        cut_seconds: float = CUT_SECONDS,
        login_seconds: float = LOGIN_SECONDS,
        look_seconds: float = EVERY,
        find: Callable[[str], Path] = Path,
    ) -> None:
        self._keys = keys
        if not (phone.isascii() and phone.isdigit()):
            raise ChannelError(f"{phone!r} is not a phone number: write digits only, with the country code (628…).")
        self._phone = phone
        self._clock = clock
        self._nobody_sees = show_qr is None
        self._proxy, self._cut_seconds, self._look_seconds = proxy, cut_seconds, look_seconds
        self._closed = asyncio.Event()
        self._out_since: int | None = None
        self._now = False
        self._connection = Connection()
        self._addresses = Addresses()
        self._speaking = Speaking(self._connection, self._addresses, clock, find)
        self._importer = Importer(self._addresses, phone, keys.parent / FOLDER)
        self._following = Following(
            self._connection,
            self._addresses,
            self._speaking,
            self._importer,
            keys.parent,
            phone,
            clock,
            show_qr or _unseen,
            complain,
            cut_seconds,
            login_seconds,
        )

    async def run(self, inbox: Inbox) -> None:
        """Connect, pair if need be, and deliver until `close`, or until only a person can help: then it returns after
        the state that says so. The library's threads and event loop are bound to this one call: once a process.

        Raises:
            KeysUnusable: the key store cannot be opened, or is damaged (KeysDamaged).
            ChannelError: the connection cannot be mended inside this process; start a new one.
        """
        with using(self._keys):
            protect(self._keys)
        linked = read_linked(self._keys)
        if linked is not None and linked.phone != self._phone:
            await self._following.report(inbox, other_keys(self._phone, linked.phone))
            return
        if linked is None:
            restore = restore_command(self._keys.parent)
            if restore or self._nobody_sees:
                await self._following.report(inbox, unlinked(self._phone, restore))
                return
        with using(self._keys):
            mark(self._keys).unlink(missing_ok=True)  # what a pairing that was cut off had left: the login tells
            self._addresses.load(self._keys)
            self._following.seals.load(self._keys)
            rescuing = Rescuing(self._keys)
        looking = asyncio.create_task(self._look_after(rescuing))
        try:
            await self._connect(inbox, rescuing)
        finally:
            looking.cancel()
        if rescuing.gone():  # just before it was told to stop
            rescuing.put_back()

    async def _look_after(self, rescuing: Rescuing) -> None:
        while not (rescuing.gone() and self._connection.client):
            await asyncio.sleep(LOOK_SECONDS)
        self._connection.client.events.put_nowait(Event("KeysGone"))

    async def _connect(self, inbox: Inbox, rescuing: Rescuing) -> None:
        library = Library()
        connection, report = self._connection, self._following.report
        failures, cut_at = 0, asyncio.get_running_loop().time() - self._out_for()
        while not self._closed.is_set():
            if rescuing.gone():
                raise _rescued(rescuing)
            if failures == 0:
                await report(inbox, SessionState("connecting"))
            client = Client(library, database_name(self._keys.resolve()))
            connection.client, connection.account = client, None
            began = self._clock.steady()
            watching = asyncio.create_task(watch(client, self._look_seconds))
            try:
                await client.connect(self._proxy)
                verdict = await self._following.follow(client, inbox)
            finally:
                watching.cancel()
                connection.client = None
                await self._importer.stop()
                await client.stop()
            if self._closed.is_set():
                return
            if verdict is None:
                failures = 1 if connection.account else failures + 1
                if failures > ATTEMPTS:
                    raise ChannelError("WhatsApp is still out of reach. A new process goes on trying.")
                wait = backoff(failures, random.random())
                if connection.account:
                    cut_at = asyncio.get_running_loop().time()
                lasts = asyncio.get_running_loop().time() - cut_at > self._cut_seconds
                detail = unreachable(self._following.ended, wait)
                await report(inbox, SessionState("disconnected", detail, NETWORK if lasts else ""))
                await pause(self._closed, wait)
                continue
            if verdict.state:
                await report(inbox, verdict.state)
            if verdict.then == "at_once":  # but not again and again
                failures = 1 if self._clock.steady() - began > STEADY_MS else failures + 1
                await pause(self._closed, backoff(failures - 1, random.random()) if failures > 1 else 0)
                continue
            failures = 0
            if verdict.then == "stop":
                return
            if verdict.then == "rescue":
                continue
            if verdict.then == "mend":
                raise KeysDamaged(verdict.state.detail if verdict.state else None)
            if verdict.then == "restart":
                raise ChannelError(verdict.state.detail if verdict.state else "The connection must be made anew.")
            self._now = False
            while not (self._closed.is_set() or self._now) and (left := verdict.until - self._clock.now()) > 0:
                await pause(self._closed, min(left / 1000, _LOOK))

    def out_since(self, at: int) -> None:
        """An outage does not begin anew with a process."""
        self._out_since = at

    def _out_for(self) -> float:
        return 0.0 if self._out_since is None else max(0, self._clock.now() - self._out_since) / 1000

    def know(self, lids: Iterable[tuple[str, str]]) -> None:
        """The library's own key store tells of LIDs only as long as it lives: a phone that is linked anew begins with
        an empty one, and a LID that nobody knows would be taken for a phone number."""
        for lid, phone in lids:
            self._addresses.learn(lid, phone)

    def try_now(self) -> None:
        """Wait for the end of no ban or restriction any more."""
        self._now = True

    def tell_typing(self, heard: Callable[[str, bool], None]) -> None:
        """WhatsApp says that a customer types only while this account counts as available: while somebody types here,
        or the bot does."""
        self._following.on_typing = heard

    async def send(self, outbound: Outbound) -> None:
        """Send one message to one person. See `Channel.send` for what it raises."""
        await self._speaking.send(outbound)

    async def typing(self, chat: str, on: bool) -> None:
        """Show or hide "typing…"."""
        await self._speaking.typing(chat, on)

    async def mark_read(self, chat: str, messages: Sequence[str]) -> None:
        """Turn the ticks of a customer's messages blue."""
        await self._speaking.mark_read(chat, messages)

    async def fetch(self, media: Attachment, most: int) -> bytes:
        """Download a customer's file. See `MediaSource.fetch` for what it raises."""
        client = self._connection.ours
        if client is None:
            raise ChannelError("WhatsApp is not connected.")
        return await download(client, media, most, self._proxy)

    async def close(self) -> None:
        """Disconnect. `run` returns within seconds, once what WhatsApp was told has arrived is delivered.

        A pairing that nobody finished leaves a thread of the library behind that never ends, and Python waits for it at
        exit. The session's process therefore ends with `os._exit(code)` once its store is closed and its streams are
        flushed.
        """
        self._closed.set()
        client = self._connection.client
        if client is None:
            return
        if self._connection.account is not None:  # what waits to be delivered must not grow meanwhile
            await client.hang_up()
        client.events.put_nowait(Event("Close"))


def _rescued(rescuing: Rescuing) -> ChannelError:
    back = rescuing.put_back()
    then = "It is put back; a new process goes on." if back else "A new process goes on with what is there."
    return ChannelError(f"keys.db was deleted or replaced while the session ran. {then}")


def _unseen(_code: str) -> bool:
    return False
