"""The one place that touches the neonize library. Its hazards end here; of what is untyped, only event bodies leave."""

import asyncio
import ctypes
import logging
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from wabot.channel.neonize.ahead import finish, slim
from wabot.channel.neonize.composing import Uploaded
from wabot.channel.neonize.gate import Gate, HeldBack, asked
from wabot.channel.neonize.library_log import LibraryLog
from wabot.model.failure import place_of

THREADS: Final = 32
STOP_SECONDS: Final = 3.0
END_SECONDS: Final = 1.0
# The library itself gives up after 75 s; this is for a call that never comes back at all.
CALL_SECONDS: Final = 90.0
# 100 MB at 3 Mbit/s.
UPLOAD_SECONDS: Final = 300.0
# Events that wait because a message cannot be stored (a full disk); some 4 kB each.
MOST_WAITING: Final = 10_000


class LibraryError(Exception):
    """What the library said went wrong, unredacted."""


class NotConnected(LibraryError):
    """The call was not made: outside a connection it would end the process."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `kind` is the library's name for it without "Ev", or one of ours: "QR" (body: the code), "Unpaired"
    (a pairing failed; body: how, in the library's word), "Ended" (body: the error text), "Ack" (body: a receipt that
    came before its message's id), "Sent" (body: the Receipt that names a reply's id), "Deaf" (its events reach nobody),
    "Close", and the kinds of `library_log`."""

    kind: str
    body: Any = None


@dataclass(frozen=True, slots=True)
class Sent:
    id: str


@dataclass(frozen=True, slots=True)
class Account:
    """Whose keys these are: the number, which of its linked devices this is, and the number's LID ("" if unknown)."""

    phone: str
    device: int
    lid: str = ""


class Library:
    """neonize, loaded. The first one of a process decides which event loop gets the events."""

    def __init__(self) -> None:
        root = logging.getLogger()
        handlers, level = list(root.handlers), root.level
        slim()
        finish()
        from neonize.aioze import client, events
        from neonize.proto.waE2E import WAWebProtobufsE2E_pb2
        from neonize.utils import enum
        from neonize.utils.jid import build_jid
        from neonize.utils.log import log

        # The import calls logging.basicConfig; and what these loggers say holds customers' numbers.
        root.handlers[:] = handlers
        root.setLevel(level)
        self.log = LibraryLog()
        self.log.install()
        log.setLevel(logging.WARNING)  # from here on, Go hands its lines over
        self.client: Any = client
        self.events: Any = events
        self.message: Any = WAWebProtobufsE2E_pb2
        self.enum: Any = enum
        self.jid: Any = build_jid
        self.fresh_threads()

    def fresh_threads(self) -> None:
        """Threads for the library's calls: a connection holds one for as long as it lives, and so does every send that
        waits for its answer. Those from before are nobody's any more: what hangs in them is not waited for at the
        end."""
        pool = ThreadPoolExecutor(THREADS, thread_name_prefix="whatsapp")
        asyncio.get_running_loop().set_default_executor(pool)


class Client:
    """One attempt to connect, and the connection that comes of it. Never used again after `stop`."""

    HEARD: Final = (
        "PairStatus",
        "Connected",
        "KeepAliveTimeout",
        "KeepAliveRestored",
        "LoggedOut",
        "StreamReplaced",
        "TemporaryBan",
        "ConnectFailure",
        "ClientOutdated",
        "StreamError",
        "Disconnected",
        "Message",
        "Receipt",
        "ChatPresence",
        "HistorySync",
        "OfflineSyncCompleted",
    )
    PARTING: Final = ("Disconnected", "LoggedOut", "StreamReplaced", "TemporaryBan", "ConnectFailure", "ClientOutdated")

    def __init__(self, library: Library, database: str) -> None:
        self.events: asyncio.Queue[Event] = asyncio.Queue()
        self.connected = False
        self._library = library
        # Unique: collecting an older object with the same uuid would stop this one.
        self._client = library.client.NewAClient(database, uuid=uuid.uuid4().hex)
        self._ended: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = False
        self._hanging_up: asyncio.Task[bool] | None = None
        library.log.tell = lambda kind, body: self.events.put_nowait(Event(kind, body))
        self._client.event.execute = self._guarded(self._client.event.execute)
        self._client.event.qr(self._on_qr)
        self._client._NewAClient__onLoginStatus = self._on_pairing
        self._client._NewAClient__client = Gate(self._client._NewAClient__client, library.client.gocode)
        for kind in self.HEARD:
            self._listen(kind)

    async def connect(self, proxy: str) -> None:
        """Start to connect; everything else comes as events, the last of which is "Ended"."""
        self._loop = asyncio.get_running_loop()
        settings = self._library.client.ProxySettings(proxy_address=proxy) if proxy else None
        self._ended = asyncio.ensure_future(self._watch(await self._client.connect(settings)))

    async def account(self) -> Account:
        """Raises LibraryError."""
        me = await self._call(self._client.get_me)
        return Account(str(me.JID.User), int(me.JID.Device), str(me.LID.User))

    async def phone_of(self, lid: str) -> str:
        """The number behind a LID. Raises LibraryError, also when the library does not know it, and TimeoutError."""
        return str((await self._call(self._client.get_pn_from_lid, self._library.jid(lid, "lid"))).User)

    async def holds(self) -> bool:
        """Whether the library itself says that it is connected and logged in. Raises LibraryError, and TimeoutError
        when it does not answer."""

        async def both() -> bool:
            return bool(await self._client.is_connected) and bool(await self._client.is_logged_in)

        return bool(await self._call(both))

    async def send(self, user: str, server: str, body: Any, ready: Callable[[], bool] = lambda: True) -> Sent:
        """Send an e2e.Message if it is `ready` (asked in another thread) once those before are out. Raises HeldBack
        when it was not sent, LibraryError, and TimeoutError when the library never answers."""
        with asked(lambda: self._usable() and ready()):
            answer = await self._call(self._client.send_message, self._library.jid(user, server), body)
        return Sent(str(answer.ID))

    async def upload(self, content: bytes, *, picture: bool) -> Uploaded:
        """Give WhatsApp a file, encrypted. Raises LibraryError, and TimeoutError when the library never answers."""
        kinds = self._library.enum.MediaType
        kind = kinds.MediaImage if picture else kinds.MediaDocument
        said = await self._call(self._client.upload, content, kind, seconds=UPLOAD_SECONDS)
        key, hash, encrypted_hash = bytes(said.MediaKey), bytes(said.FileSHA256), bytes(said.FileEncSHA256)
        return Uploaded(str(said.url), str(said.DirectPath), key, hash, encrypted_hash, int(said.FileLength))

    async def download(self, source: bytes) -> bytes:
        """A file that came with a message: `source` is an e2e.Message that says how. Raises LibraryError, and
        TimeoutError when the library never answers."""
        return bytes(await self._call(self._client.download_any, self._library.message.Message.FromString(source)))

    async def mark_read(self, user: str, server: str, messages: Sequence[str]) -> None:
        """Raises LibraryError."""
        jid, read = self._library.jid(user, server), self._library.enum.ReceiptType.READ
        await self._call(partial(self._client.mark_read, *messages, chat=jid, sender=jid, receipt=read))

    async def show_typing(self, user: str, server: str, on: bool) -> None:
        """Raises LibraryError."""
        states, media = self._library.enum.ChatPresence, self._library.enum.ChatPresenceMedia
        state = states.CHAT_PRESENCE_COMPOSING if on else states.CHAT_PRESENCE_PAUSED
        jid = self._library.jid(user, server)
        await self._call(self._client.send_chat_presence, jid, state, media.CHAT_PRESENCE_MEDIA_TEXT)

    async def show_available(self, on: bool) -> None:
        """While a linked device is available, the phone shows no notifications. Raises LibraryError."""
        presence = self._library.enum.Presence
        await self._call(self._client.send_presence, presence.AVAILABLE if on else presence.UNAVAILABLE)

    async def pair_code(self, phone: str) -> str:
        """The eight letters that the owner of `phone` types on it instead of scanning, as ABCD-EFGH. Only between the
        first QR event and the pairing. Raises LibraryError, and TimeoutError when WhatsApp does not answer."""
        if self._stopping:
            raise NotConnected("websocket not connected")
        return str(await self._answer(self._client.PairPhone, phone, True))

    async def hang_up(self) -> None:
        """Close the connection, and keep handing out what came over it. What was acknowledged to WhatsApp is on its
        way to `events` by then: the library hands a message over before it acknowledges it."""
        if self._ended is not None and self._ended.done():  # the connection may still be there
            await self.stop()
        elif self._ended is not None and not self._stopping:
            self.connected = False
            with suppress(Exception):
                await asyncio.wait_for(self._client.disconnect(), STOP_SECONDS)

    async def unlink(self) -> None:
        """Remove this device from the account. Raises LibraryError."""
        await self._call(self._client.logout)

    async def stop(self) -> bool:
        """Disconnect; False when the library's thread did not end (an unfinished pairing never does)."""
        self.connected = False
        if self._stopping or self._ended is None:
            return True
        self._stopping = True
        # Also when it has ended by itself: a library whose events end keeps its connection, and goes on confirming
        # messages that nobody hears.
        try:
            with suppress(Exception):
                await asyncio.wait_for(self._client.stop(), STOP_SECONDS)
            if not self._ended.done():
                await asyncio.wait([self._ended], timeout=END_SECONDS)
        finally:
            if not self._ended.done():  # a pairing that nobody finished
                self._library.fresh_threads()
        return self._ended.done()

    async def _call(self, function: Any, *arguments: Any, seconds: float = CALL_SECONDS) -> Any:
        self._usable()
        return await self._answer(function, *arguments, seconds=seconds)

    def _usable(self) -> bool:
        if not self.connected or self._stopping:
            raise NotConnected("websocket not connected")
        return True

    async def _answer(self, function: Any, *arguments: Any, seconds: float = CALL_SECONDS) -> Any:
        try:
            return await asyncio.wait_for(function(*arguments), seconds)
        except (TimeoutError, HeldBack):
            raise
        except Exception as error:
            raise LibraryError(str(error) or type(error).__name__) from None

    async def _watch(self, connection: "asyncio.Task[None]") -> None:
        error = ""
        try:
            await connection
        except Exception as failure:
            error = str(failure) or type(failure).__name__
        self.connected = False
        self.events.put_nowait(Event("Ended", error))

    def _listen(self, kind: str) -> None:
        # The library schedules a task for each event, in the order of arrival, and never awaits it. Tasks start in the
        # order in which they were scheduled, so what happens before the first await keeps that order.
        async def heard(_: Any, body: Any) -> None:
            self.connected = kind == "Connected" or (self.connected and kind not in self.PARTING)
            self.events.put_nowait(Event(kind, body))
            if self.events.qsize() >= MOST_WAITING and self._hanging_up is None:
                # What is not fetched stays with WhatsApp: the rest comes over the next connection, in order.
                self._hanging_up = asyncio.ensure_future(self.stop())

        self._client.event(getattr(self._library.events, f"{kind}Ev"))(heard)

    def _guarded(self, execute: Callable[..., None]) -> Callable[..., None]:
        """The function that the library calls for each event, in a thread of its own. What it raises would be printed
        there, and the event be lost without a word."""
        loop = asyncio.get_running_loop()

        def heard(*event: Any) -> None:
            try:
                execute(*event)
            except Exception as error:
                with suppress(RuntimeError):  # the loop is closed: nobody listens any more
                    loop.call_soon_threadsafe(self.events.put_nowait, Event("Lost", place_of(error)))

        return heard

    async def _on_qr(self, _: Any, code: bytes) -> None:
        self.events.put_nowait(Event("QR", code.decode()))

    def _on_pairing(self, _: int, word: int) -> None:
        """Called in a thread of the library's, in place of a method of its own that does nothing. It is the only sign
        of a pairing that fails: the library hands out no event before one has succeeded."""
        said = ctypes.string_at(word).decode(errors="replace")
        if said != "success" and self._loop is not None:
            self._loop.call_soon_threadsafe(self.events.put_nowait, Event("Unpaired", said))
