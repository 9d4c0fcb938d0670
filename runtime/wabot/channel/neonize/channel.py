"""The Channel that is WhatsApp: one tenant, one process, one connection at a time."""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Literal

from wabot.channel.neonize.addresses import Addresses
from wabot.channel.neonize.backoff import backoff
from wabot.channel.neonize.bounded import Bounded
from wabot.channel.neonize.downloading import download
from wabot.channel.neonize.importing import Importer
from wabot.channel.neonize.keys import database_name, protect
from wabot.channel.neonize.library import Account, Client, Event, Library, LibraryError
from wabot.channel.neonize.outcomes import Verdict, broken_off, expired, judge, pairing, wrong_number
from wabot.channel.neonize.refusal import refusal
from wabot.channel.neonize.spool import FOLDER
from wabot.channel.neonize.translate import Ack, read_message, read_receipt
from wabot.channel.neonize.unreachable import unreachable
from wabot.model.errors import ChannelError, SendRefused, SendUnknown
from wabot.model.history import History
from wabot.model.message import Attachment, Message
from wabot.model.session import SessionState
from wabot.model.turn import Outbound, Receipt
from wabot.ports import Clock, Inbox

# A reply within some 3 ms of the customer's message can be unreadable on the customer's phone.
SETTLE_MS: Final = 50
# A phone number's digits (E.164); a group's id has more.
LONGEST_NUMBER: Final = 15
# The first pairing code lives 60 s, the following ones 20 s; then WhatsApp hangs up without a word.
QR_SECONDS: Final = 75.0
# The library tries again less and less often, without a limit; a new process starts with short waits.
CUT_SECONDS: Final = 300.0
# Each failed attempt leaves two open files and some 200 kB behind in the library.
ATTEMPTS: Final = 100
REMEMBERED: Final = 10_000


class NeonizeChannel:
    """WhatsApp for one tenant.

    `keys` is the tenant's key store (`data/<tenant>/keys.db`). `phone` is the tenant's number, digits with the country
    code: keys of any other number are unlinked at once. `show_qr` gets each pairing code and says whether a person can
    see it. `proxy` ("http://host:port" or "socks5://…", "" for none) carries all traffic; the session takes it from the
    environment variable WABOT_WHATSAPP_PROXY. Raises ChannelError when `phone` is no number.

    Once a state with an action has been reported and `run` has returned, that state is for a person to read.
    """

    def __init__(
        self, keys: Path, phone: str, clock: Clock, show_qr: Callable[[str], bool], *, proxy: str = ""
    ) -> None:
        self._keys = keys
        if not (phone.isascii() and phone.isdigit()):
            raise ChannelError(f"{phone!r} is not a phone number: write digits only, with the country code (628…).")
        self._phone = phone
        self._clock = clock
        self._show_qr = show_qr
        self._proxy = proxy
        self._addresses = Addresses()
        self._client: Client | None = None
        self._account: Account | None = None
        self._closed = asyncio.Event()
        self._ended = ""
        self._state = SessionState("starting")
        self._spoke: Bounded[str, int] = Bounded(REMEMBERED)
        self._sent: Bounded[str, str] = Bounded(REMEMBERED)
        self._early: Bounded[str, list[Ack]] = Bounded(256)
        self._typing: set[str] = set()
        self._importer = Importer(self._addresses, phone, keys.parent / FOLDER)

    async def run(self, inbox: Inbox) -> None:
        """Connect, pair if need be, and deliver until `close`, or until only a person can help: then it returns after
        the state that says so. The library's threads and event loop are bound to this one call: once a process.

        Raises:
            ChannelError: the connection cannot be mended inside this process; start a new one.
        """
        protect(self._keys)
        self._addresses.load(self._keys)
        library = Library()
        failures = 0
        while not self._closed.is_set():
            if failures == 0:
                await self._report(inbox, SessionState("connecting"))
            client = Client(library, database_name(self._keys.resolve()))
            self._client, self._account = client, None
            try:
                await client.connect(self._proxy)
                verdict = await self._follow(client, inbox)
            finally:
                self._client = None
                await self._importer.stop()
                await client.stop()
            if self._closed.is_set():
                return
            if verdict is None:
                failures = 1 if self._account else failures + 1
                if failures > ATTEMPTS:
                    raise ChannelError("WhatsApp is still out of reach. A new process goes on trying.")
                wait = backoff(failures, random.random())
                await self._report(inbox, SessionState("disconnected", unreachable(self._ended, wait)))
                await self._pause(wait)
                continue
            failures = 0
            if verdict.state:
                await self._report(inbox, verdict.state)
            if verdict.then == "stop":
                return
            if verdict.then == "restart":
                raise ChannelError(verdict.state.detail if verdict.state else "The connection must be made anew.")
            while not self._closed.is_set() and (left := verdict.until - self._clock.now()) > 0:
                await self._pause(min(left / 1000, 60.0))

    async def send(self, outbound: Outbound) -> None:
        """Send one text to one person. See `Channel.send` for what it raises."""
        chat = outbound.chat
        if outbound.media:
            raise SendRefused("wabot cannot send files over WhatsApp yet")
        known = self._addresses.is_lid(chat)
        if not (chat.isascii() and chat.isdigit() and (known or len(chat) <= LONGEST_NUMBER)):
            raise SendRefused(f"{chat!r} is not one person's chat: wabot sends to nothing else.")
        while (ready := self._spoke.get(chat, -SETTLE_MS) + SETTLE_MS) > self._clock.now():
            await self._clock.sleep_until(ready)
        client = self._client
        if client is None or not client.connected or self._account is None:
            raise ChannelError("WhatsApp is not connected. The message waits.")
        try:
            sent = await client.send_text(chat, self._server(chat), outbound.text)
        except TimeoutError:
            raise SendUnknown(
                "WhatsApp did not say whether the message went out. Look at the chat on the phone."
            ) from None
        except LibraryError as error:
            raise refusal(str(error)) from None
        self._sent[sent.id] = outbound.id
        # By this id customers quote the reply and react to it, and receipts name it after a restart.
        client.events.put_nowait(Event("Sent", Receipt(outbound.id, "sent", self._clock.now(), chat, sent.id)))
        for ack in self._early.pop(sent.id, []):
            client.events.put_nowait(Event("Ack", ack))

    async def fetch(self, media: Attachment) -> bytes:
        """Download a customer's file. See `MediaSource.fetch` for what it raises."""
        client = self._client
        if client is None or not client.connected or self._account is None:
            raise ChannelError("WhatsApp is not connected.")
        return await download(client, media)

    async def typing(self, chat: str, on: bool) -> None:
        """Show or hide "typing…". The account counts as available only meanwhile: an available linked device keeps the
        owner's phone from showing notifications."""
        client = self._client
        if client is None or not client.connected:
            self._typing.clear()
            return
        with suppress(LibraryError, TimeoutError):
            if on:
                self._typing.add(chat)
                await client.show_available(True)
                await client.show_typing(chat, self._server(chat), True)
                return
            self._typing.discard(chat)
            await client.show_typing(chat, self._server(chat), False)
        if not on and not self._typing:
            with suppress(LibraryError, TimeoutError):
                await client.show_available(False)

    async def close(self) -> None:
        """Disconnect. `run` returns within seconds.

        A pairing that nobody finished leaves a thread of the library behind that never ends, and Python waits for it at
        exit. The session's process therefore ends with `os._exit(code)` once its store is closed and its streams are
        flushed, and leaves its event loop without `shutdown_default_executor` (which `asyncio.run` would wait in).
        """
        self._closed.set()
        if self._client:
            self._client.events.put_nowait(Event("Close"))

    async def _follow(self, client: Client, inbox: Inbox) -> Verdict | None:
        """Deliver one client's events until they end; None when the connection could not be made or kept."""
        held: list[Any] = []  # what comes before it is certain whose messages these are
        patience: float | None = None
        while True:
            try:
                event = await asyncio.wait_for(client.events.get(), patience)
            except TimeoutError:
                if self._state.status == "qr_pending":
                    return expired(self._phone)
                return Verdict(SessionState("disconnected", "WhatsApp has been out of reach for 5 minutes."), "restart")
            match event.kind:
                case "Close":
                    return None
                case "Ended":
                    self._ended = str(event.body) or "the connection ended"
                    return broken_off(self._ended, self._clock.now())
                case "QR":
                    patience = QR_SECONDS
                    await self._report(inbox, pairing(self._phone, self._show_qr(event.body)))
                case "PairStatus":
                    patience = CUT_SECONDS
                    if event.body.Error:
                        return judge("PairError", event.body, self._phone, self._clock.now())
                    await self._report(inbox, SessionState("connecting", "Paired. Logging in."))
                    await inbox.history(History(state="pending"))
                case "Connected":
                    patience = None
                    refused = await self._check_number(client)
                    if refused:
                        return refused
                    if self._account is None:  # cut again already: the next Connected asks again
                        continue
                    await self._report(inbox, SessionState("connected"))
                    for body in held:
                        await self._deliver(body, inbox)
                    held.clear()
                    self._importer.start(inbox)
                case "HistorySync":
                    self._importer.hear(event.body)
                case "Message":
                    if self._account is None:
                        held.append(event.body)
                    else:
                        await self._deliver(event.body, inbox)
                case "Receipt":
                    for ack in read_receipt(event.body, self._addresses):
                        await self._acknowledge(ack, inbox)
                case "Ack":
                    await self._acknowledge(event.body, inbox)
                case "Sent":
                    await inbox.receipt(event.body)
                case _:
                    verdict = judge(event.kind, event.body, self._phone, self._clock.now())
                    if verdict.then != "go_on":
                        return verdict
                    if verdict.state:
                        await self._report(inbox, verdict.state)
                        patience = None if client.connected else CUT_SECONDS

    async def _check_number(self, client: Client) -> Verdict | None:
        """A verdict when the keys are not the tenant's. Asked once a client, before anything is delivered."""
        if self._account is not None:
            return None
        try:
            account = await client.account()
        except (LibraryError, TimeoutError):
            return None
        if account.phone != self._phone:
            try:
                await client.unlink()
            except (LibraryError, TimeoutError):
                return wrong_number(self._phone, unlinked=False)
            return wrong_number(self._phone, unlinked=True)
        self._account = account
        self._addresses.learn(account.lid, account.phone)  # the chat with oneself may bear either
        with suppress(LibraryError, TimeoutError):
            await client.show_available(False)
        return None

    def _read(self, body: Any) -> Message:
        message = read_message(body, self._addresses)
        if message.from_me and self._is_echo(message.id, body.Info.MessageSource.Sender.Device):
            return replace(message, type="other", text="")
        return message

    def _is_echo(self, id: str, device: int) -> bool:
        return id in self._sent or (self._account is not None and device == self._account.device)

    async def _deliver(self, body: Any, inbox: Inbox) -> None:
        message = self._read(body)
        self._spoke[message.chat] = self._clock.now()
        await inbox.message(message)

    async def _acknowledge(self, ack: Ack, inbox: Inbox) -> None:
        outbound = self._sent.get(ack.id)
        if outbound is None:
            # Fast phones confirm before the library has told us the id of what was sent.
            self._early[ack.id] = [*self._early.get(ack.id, []), ack]
            if ack.chat:  # or it was sent before a restart, or by a person on the phone: the store may know it
                await inbox.receipt(Receipt("", ack.status, ack.at, ack.chat, ack.id))
            return
        await inbox.receipt(Receipt(outbound, ack.status, ack.at))

    def _server(self, chat: str) -> Literal["lid", "s.whatsapp.net"]:
        return "lid" if self._addresses.is_lid(chat) else "s.whatsapp.net"

    async def _report(self, inbox: Inbox, state: SessionState) -> None:
        if state != self._state:
            self._state = state
            await inbox.state(state)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closed.wait(), seconds)
