"""What one connection tells, until it ends: its state, messages, receipts, the phone's history."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from wabot.channel.neonize.addresses import Addresses
from wabot.channel.neonize.catching_up import CatchingUp
from wabot.channel.neonize.codes import Codes
from wabot.channel.neonize.connection import Connection
from wabot.channel.neonize.handing import Handing
from wabot.channel.neonize.importing import Importer
from wabot.channel.neonize.last_words import last_words
from wabot.channel.neonize.library import Client, Event, LibraryError
from wabot.channel.neonize.linked import named
from wabot.channel.neonize.outcomes import (
    Verdict,
    broken_off,
    expired,
    judge,
    other_keys,
    out_of_patience,
    pairing,
    unanswered,
    wrong_number,
)
from wabot.channel.neonize.reading import read_or_keep
from wabot.channel.neonize.seals import Seals
from wabot.channel.neonize.speaking import Speaking
from wabot.channel.neonize.translate import Ack, nameless, read_receipt, read_typing, says_nothing, unreadable
from wabot.model.history import History
from wabot.model.message import Message
from wabot.model.session import SessionState
from wabot.ports import Clock, Inbox

# Beyond the life of a code, for the next one to come.
NEXT_SECONDS: Final = 15.0
# The library looks into its own tables; nobody else is asked.
ASK_SECONDS: Final = 1.0
# The library tries again less and less often, without a limit; a new process starts with short waits.
CUT_SECONDS: Final = 300.0
# From the start of a connection to the library's first word about it. It says nothing, for ever, when WhatsApp does not
# answer the login, and when the phone has unlinked this bot and WhatsApp tells so at once: a new process finds out.
LOGIN_SECONDS: Final = 60.0
# States in which the library's connection stands, whether or not anything comes through it.
STANDING: Final = ("connected", "degraded")
# What is stored beside what comes after it. All else waits until all before it is stored.
STORED: Final = ("Message", "Receipt", "Ack", "Sent", "Lost", "ChatPresence")
READING: Final = SessionState("connecting", "Logged in. Reading what came meanwhile.")


class Following:
    """One channel's. `phone` is the tenant's number: what a phone of any other has linked by a code shown here is
    unlinked at once. `show_qr` gets each pairing code and says whether a person can see it. `complain` gets sentences
    for the log. A connection that is out of reach for `cut_seconds` is for another process to make. `ended` is the
    error that the last connection ended with, `data` the tenant's folder, whose commands people are told to type."""

    def __init__(
        self,
        connection: Connection,
        addresses: Addresses,
        speaking: Speaking,
        importer: Importer,
        data: Path,
        phone: str,
        clock: Clock,
        show_qr: Callable[[str], bool],
        complain: Callable[[str], None],
        cut_seconds: float,
        login_seconds: float,
    ) -> None:
        self._connection, self._addresses, self._speaking = connection, addresses, speaking
        self._importer, self._data, self._phone = importer, data, phone
        self._clock, self._show_qr = clock, show_qr
        self.seals = Seals(addresses)
        self._complain, self._cut_seconds, self._login_seconds = complain, cut_seconds, login_seconds
        self._state = SessionState("starting")
        self._catching_up = CatchingUp()
        self._handing = Handing(lambda _error: None)
        self._held: list[Any] = []  # what comes before it is certain whose messages these are
        self.ended = ""
        self.on_typing: Callable[[str, bool], None] = lambda _chat, _on: None
        self._scanned = False

    async def follow(self, client: Client, inbox: Inbox) -> Verdict | None:
        """Deliver one client's events until they end, then stop it; None when the connection could not be made or
        kept. Whatever ends it, all that the library has confirmed to WhatsApp by then is delivered: nobody says it
        again. As long as it is not certain whose it is, it is held for the next connection."""
        self._catching_up = CatchingUp()
        self._handing = Handing(lambda error: client.events.put_nowait(Event("Broken", error)))
        try:
            verdict = await self._listen(client, inbox)
            if self._connection.account is not None or (self._held and (verdict is None or verdict.then != "stop")):
                await self._hear_out(client, inbox)
            await self._handing.done()
            return verdict
        finally:
            self._handing.give_up()

    async def _hear_out(self, client: Client, inbox: Inbox) -> None:
        if self._connection.account is not None:
            await self._deliver_held(inbox)
        await self._handing.done()
        async for event in last_words(client):
            await self._take(event, client, inbox)
            if client.events.empty():  # stored before the library is stopped
                await self._handing.done()

    async def _listen(self, client: Client, inbox: Inbox) -> Verdict | None:
        deadline: float | None = self._in(self._login_seconds)
        silent, codes = True, Codes()
        while True:
            quiet = self._catching_up.until
            try:
                async with asyncio.timeout_at(deadline if quiet is None else quiet):
                    event = await client.events.get()
            except TimeoutError:
                if quiet is not None:
                    self._catching_up.told()
                    await self._tell_connected(inbox)
                    continue
                if self._state.status == "qr_pending":
                    return expired(self._phone)
                return unanswered() if silent else out_of_patience(self._cut_seconds)
            if silent and event.kind in client.HEARD:
                silent, deadline = False, self._in(self._cut_seconds)
            if event.kind not in STORED:
                await self._handing.done()
            match event.kind:
                case "Broken":
                    raise event.body
                case "Close":  # what is held may be the tenant's
                    return await self._check_number(client) if client.connected else None
                case "Ended":
                    self.ended = str(event.body) or "the connection ended"
                    return broken_off(self.ended, self._clock.now())
                case "QR":
                    deadline = self._in(codes.show(self._in(0)) + NEXT_SECONDS)
                    await self.report(inbox, pairing(self._phone, self._show_qr(event.body)))
                case "Unpaired" if event.body == "timeout":
                    if not codes.cut(self._in(0)):
                        return expired(self._phone)
                    self.ended = "the connection was cut"
                    return None  # the code that is shown is dead; another client gets new ones
                case "PairStatus":
                    deadline = self._in(self._cut_seconds)
                    if event.body.Error:
                        return judge("PairError", event.body, self._phone, self._clock.now())
                    self._scanned = True
                    await self.report(inbox, SessionState("connecting", "Paired. Logging in."))
                    await inbox.history(History(state="pending"))
                case "Connected":
                    deadline = None
                    refused = await self._check_number(client)
                    if refused:
                        return refused
                    if self._connection.account is None:  # cut again already: the next Connected asks again
                        deadline = self._in(self._cut_seconds)
                        continue
                    await self._speaking.connected()
                    self._catching_up.logged_in(self._in(0))
                    await self.report(inbox, READING)
                    await self._deliver_held(inbox)
                    await self._tell_connected(inbox)
                    self._importer.start(inbox)
                case "OfflineSyncCompleted":
                    self._catching_up.told()
                    await self._tell_connected(inbox)
                case _ if await self._take(event, client, inbox):
                    if event.kind == "Message":
                        self._catching_up.heard(self._in(0))
                case _:
                    verdict = judge(event.kind, event.body, self._phone, self._clock.now())
                    if verdict.then != "go_on":
                        return verdict
                    if event.kind in client.PARTING:
                        self._catching_up.cut()
                        if client.connected:  # again already: nothing is sent before that login has been read
                            await self.report(inbox, READING)
                    if verdict.state is None or (verdict.state.status in STANDING) != client.connected:
                        continue  # news of a connection that is another by now
                    if event.kind == "Disconnected" and self._state.status == "disconnected":
                        continue  # what was said before says why
                    reading = verdict.state.status == "connected" and not self._catching_up.through
                    await self.report(inbox, READING if reading else verdict.state)
                    if client.connected:
                        deadline = None
                    elif deadline is None:  # counted from when it was cut, however often it is tried since
                        deadline = self._in(self._cut_seconds)

    async def _take(self, event: Event, client: Client, inbox: Inbox) -> bool:
        """Hand on what concerns customers; whether it does."""
        match event.kind:
            case "HistorySync":
                self._importer.hear(event.body)
            case "Message":
                if self._connection.account is None:
                    self._held.append(event.body)
                else:
                    await self.deliver(event.body, inbox)
            case "Receipt":
                for ack in read_receipt(event.body, self._addresses):
                    await self._acknowledge(ack, inbox)
                chat, ids = unreadable(event.body, self._addresses)
                for receipt in self._speaking.unreadable(client, chat, ids):
                    await self._handing.over(inbox.receipt(receipt))
            case "Ack":
                await self._acknowledge(event.body, inbox)
            case "Sent":
                await self._handing.over(inbox.receipt(event.body))
            case "ChatPresence":
                chat, on = read_typing(event.body, self._addresses)
                if chat and self._connection.account is not None:
                    self.on_typing(chat, on)
            case "Lost":
                self._complain(f"the WhatsApp library lost an event ({event.body})")
            case _:
                return False
        return True

    async def _deliver_held(self, inbox: Inbox) -> None:
        for body in self._held:
            await self.deliver(body, inbox)
        self._held.clear()

    def _in(self, seconds: float) -> float:
        return asyncio.get_running_loop().time() + seconds

    async def _tell_connected(self, inbox: Inbox) -> None:
        if self._catching_up.through:
            await self._handing.done()  # nothing is sent before what came meanwhile is stored
            await self.report(inbox, SessionState("connected"))

    async def report(self, inbox: Inbox, state: SessionState) -> None:
        """Tell the state when it is another."""
        state = replace(state, action=named(state.action, self._data))
        if state != self._state:
            self._state = state
            await inbox.state(state)

    async def deliver(self, body: Any, inbox: Inbox) -> None:
        """Hand on the library's MessageEv."""
        if says_nothing(body):
            return
        if body.Info.MessageSource.IsFromMe:
            await self._speaking.handed_over()  # an echo may be here before the library has told the id
        else:
            await self._ask_for_the_number(body.Info.MessageSource)
        message = self.read(body)
        self._speaking.heard(message.chat)
        await self._handing.over(inbox.message(message))

    async def _ask_for_the_number(self, source: Any) -> None:
        """A customer who comes as a LID alone may be one whose number the library has learnt by answering them."""
        lid, client = nameless(source), self._connection.ours
        if not lid or client is None or self._addresses.phone_of(lid):
            return
        with suppress(LibraryError, TimeoutError):
            async with asyncio.timeout(ASK_SECONDS):
                self._addresses.learn(lid, await client.phone_of(lid))

    def read(self, body: Any) -> Message:
        """The library's MessageEv; what this very device sent is nobody's message."""
        message = read_or_keep(body, self._addresses, self.seals, self._complain)
        if message.from_me and self._speaking.is_echo(message.id, body.Info.MessageSource.Sender.Device):
            return replace(message, type="other", text="")
        return message

    async def _check_number(self, client: Client) -> Verdict | None:
        """A verdict when the keys are not the tenant's. Asked once a client, before anything is delivered."""
        if self._connection.account is not None:
            return None
        try:
            account = await client.account()
        except (LibraryError, TimeoutError):
            return None
        if account.phone != self._phone:
            if not self._scanned:  # a link that was there before may be the shop's: that is for a person to decide
                return Verdict(other_keys(self._phone, account.phone), "stop")
            try:
                await client.unlink()
            except (LibraryError, TimeoutError):
                return wrong_number(self._phone, unlinked=False)
            return wrong_number(self._phone, unlinked=True)
        self._connection.account = account
        self._addresses.learn(account.lid, account.phone)  # the chat with oneself may bear either
        return None

    async def _acknowledge(self, ack: Ack, inbox: Inbox) -> None:
        receipt = self._speaking.acknowledged(ack)
        if receipt is not None:
            await self._handing.over(inbox.receipt(receipt))
