"""The one place that touches the neonize library. Its hazards end here; of what is untyped, only event bodies leave."""

import asyncio
import logging
import os
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from wabot.channel.neonize.composing import Uploaded

THREADS: Final = 32
STOP_SECONDS: Final = 3.0
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
    """One event. `kind` is the library's name for it without "Ev", or one of ours: "QR" (body: the code), "Ended"
    (body: the error text), "Ack" (body: a receipt that came before its message's id), "Sent" (body: the Receipt that
    names a reply's id) and "Close"."""

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
        # Read when the library loads; without it every message carries a mark that shows customers an AI badge.
        os.environ["NEONIZE_BOT_TAG"] = "off"
        root = logging.getLogger()
        handlers, level = list(root.handlers), root.level
        from neonize.aioze import client, events
        from neonize.proto.waE2E import WAWebProtobufsE2E_pb2
        from neonize.utils import enum
        from neonize.utils.jid import build_jid
        from neonize.utils.log import log

        # The import calls logging.basicConfig; and what these loggers say holds customers' numbers.
        root.handlers[:] = handlers
        root.setLevel(level)
        for name in ("neonize", "whatsmeow", "Whatsmeow"):
            logger = logging.getLogger(name)
            logger.handlers[:] = [logging.NullHandler()]
            logger.propagate = False
        log.setLevel(logging.CRITICAL)
        self.client: Any = client
        self.events: Any = events
        self.message: Any = WAWebProtobufsE2E_pb2
        self.enum: Any = enum
        self.jid: Any = build_jid
        # A connection holds a thread for as long as it lives, and so does every send that waits for its answer.
        pool = ThreadPoolExecutor(THREADS, thread_name_prefix="whatsapp")
        asyncio.get_running_loop().set_default_executor(pool)


class Client:
    """One client object: one attempt to connect, and the connection that comes of it. Never used again after `stop`."""

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
        self._stopping = False
        self._hanging_up: asyncio.Task[bool] | None = None
        self._client.event.qr(self._on_qr)
        for kind in self.HEARD:
            self._listen(kind)

    async def connect(self, proxy: str) -> None:
        """Start to connect; everything else comes as events, the last of which is "Ended"."""
        settings = None
        if proxy:
            settings = self._library.client.ProxySettings(proxy_address=proxy)
        self._ended = asyncio.ensure_future(self._watch(await self._client.connect(settings)))

    async def account(self) -> Account:
        """Raises LibraryError."""
        me = await self._call(self._client.get_me)
        return Account(str(me.JID.User), int(me.JID.Device), str(me.LID.User))

    async def phone_of(self, lid: str) -> str:
        """The number behind a LID, "" when the library does not know it. Raises LibraryError, and TimeoutError."""
        try:
            found = await self._call(self._client.get_pn_from_lid, self._library.jid(lid, "lid"))
        except NotConnected:
            raise
        except LibraryError:  # it says so when there is none
            return ""
        return str(found.User)

    async def send(self, user: str, server: str, body: Any) -> Sent:
        """Send an e2e.Message. Raises LibraryError, and TimeoutError when the library never answers."""
        answer = await self._call(self._client.send_message, self._library.jid(user, server), body)
        return Sent(str(answer.ID))

    async def upload(self, content: bytes, *, picture: bool) -> Uploaded:
        """Give WhatsApp a file, encrypted. Raises LibraryError, and TimeoutError when the library never answers."""
        kinds = self._library.enum.MediaType
        kind = kinds.MediaImage if picture else kinds.MediaDocument
        answer = await self._call(self._client.upload, content, kind, seconds=UPLOAD_SECONDS)
        return Uploaded(
            url=str(answer.url),
            path=str(answer.DirectPath),
            key=bytes(answer.MediaKey),
            hash=bytes(answer.FileSHA256),
            encrypted_hash=bytes(answer.FileEncSHA256),
            size=int(answer.FileLength),
        )

    async def download(self, source: bytes) -> bytes:
        """A file that came with a message: `source` is an e2e.Message that says how. Raises LibraryError, and
        TimeoutError when the library never answers."""
        body = self._library.message.Message.FromString(source)
        return bytes(await self._call(self._client.download_any, body))

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

    async def unlink(self) -> None:
        """Remove this device from the account. Raises LibraryError."""
        await self._call(self._client.logout)

    async def stop(self) -> bool:
        """Disconnect; False when the library's thread did not end (an unfinished pairing never does)."""
        self.connected = False
        if self._stopping or self._ended is None:
            return True
        self._stopping = True
        if not self._ended.done():
            with suppress(Exception):
                await asyncio.wait_for(self._client.stop(), STOP_SECONDS)
            await asyncio.wait([self._ended], timeout=STOP_SECONDS)
        return self._ended.done()

    async def _call(self, function: Any, *arguments: Any, seconds: float = CALL_SECONDS) -> Any:
        if not self.connected or self._stopping:
            raise NotConnected("websocket not connected")
        try:
            return await asyncio.wait_for(function(*arguments), seconds)
        except TimeoutError:
            raise
        except Exception as error:
            raise LibraryError(str(error) or type(error).__name__) from None

    async def _watch(self, connection: "asyncio.Task[None]") -> None:
        try:
            await connection
            error = ""
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

    async def _on_qr(self, _: Any, code: bytes) -> None:
        self.events.put_nowait(Event("QR", code.decode()))
