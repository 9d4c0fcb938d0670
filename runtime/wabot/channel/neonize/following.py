"""What one connection tells, until it ends: its state, messages, receipts, the phone's history."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from wabot.channel.neonize.addresses import Addresses
from wabot.channel.neonize.connection import Connection
from wabot.channel.neonize.handing import Handing
from wabot.channel.neonize.importing import Importer
from wabot.channel.neonize.library import Client, Event, LibraryError
from wabot.channel.neonize.outcomes import (
    PAIR_COMMAND,
    Verdict,
    broken_off,
    expired,
    judge,
    out_of_patience,
    pairing,
    unanswered,
    wrong_number,
)
from wabot.channel.neonize.seals import Seals
from wabot.channel.neonize.speaking import Speaking
from wabot.channel.neonize.translate import Ack, nameless, read_message, read_receipt, says_nothing, unreadable
from wabot.model.failure import place_of
from wabot.model.history import History
from wabot.model.message import Message
from wabot.model.session import SessionState
from wabot.ports import Clock, Inbox

# The first pairing code lives 60 s, the following ones 20 s; then WhatsApp hangs up without a word.
QR_SECONDS: Final = 75.0
# After a login WhatsApp first sends all that came meanwhile, then says that this was all: the owner may have answered
# there what a reply is about. It has always said so; this is for the day on which it does not.
CATCH_UP_SECONDS: Final = 15.0
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
STORED: Final = ("Message", "Receipt", "Ack", "Sent", "Lost")


class Following:
    """One channel's. `phone` is the tenant's number: keys of any other are unlinked at once. `show_qr` gets each
    pairing code and says whether a person can see it. `complain` gets sentences for the log. A connection that is out
    of reach for `cut_seconds` is for another process to make. `ended` is the error that the last connection ended
    with, `pair_command` what people are told to type."""

    def __init__(
        self,
        connection: Connection,
        addresses: Addresses,
        speaking: Speaking,
        importer: Importer,
        phone: str,
        clock: Clock,
        show_qr: Callable[[str], bool],
        complain: Callable[[str], None],
        cut_seconds: float = CUT_SECONDS,
        login_seconds: float = LOGIN_SECONDS,
    ) -> None:
        self._connection, self._addresses, self._speaking = connection, addresses, speaking
        self._importer, self._phone, self._clock, self._show_qr = importer, phone, clock, show_qr
        self.seals = Seals(addresses)
        self._complain, self._cut_seconds, self._login_seconds = complain, cut_seconds, login_seconds
        self._state = SessionState("starting")
        self._begun: set[str] = set()
        self.ended = ""
        self.pair_command = PAIR_COMMAND

    async def follow(self, client: Client, inbox: Inbox) -> Verdict | None:
        """Deliver one client's events until they end; None when the connection could not be made or kept."""
        handing = Handing(lambda error: client.events.put_nowait(Event("Broken", error)))
        try:
            verdict = await self._follow(client, inbox, handing)
            await handing.done()
            return verdict
        finally:
            handing.give_up()

    async def _follow(self, client: Client, inbox: Inbox, handing: Handing) -> Verdict | None:
        held: list[Any] = []  # what comes before it is certain whose messages these are
        deadline: float | None = self._in(self._login_seconds)
        silent = True
        while True:
            try:
                async with asyncio.timeout_at(deadline):
                    event = await client.events.get()
            except TimeoutError:
                if self._state.status == "qr_pending":
                    return expired(self._phone)
                return unanswered() if silent else out_of_patience(self._cut_seconds)
            if silent and event.kind in client.HEARD:
                silent, deadline = False, self._in(self._cut_seconds)
            if event.kind not in STORED:
                await handing.done()
            match event.kind:
                case "Close":
                    return None
                case "Broken":
                    raise event.body
                case "Ended":
                    self.ended = str(event.body) or "the connection ended"
                    return broken_off(self.ended, self._clock.now())
                case "QR":
                    deadline = self._in(QR_SECONDS)
                    await self.report(inbox, pairing(self._phone, self._show_qr(event.body)))
                case "PairStatus":
                    deadline = self._in(self._cut_seconds)
                    if event.body.Error:
                        return judge("PairError", event.body, self._phone, self._clock.now())
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
                    await self._caught_up(event.kind, inbox)
                    loop = asyncio.get_running_loop()
                    loop.call_later(CATCH_UP_SECONDS, client.events.put_nowait, Event("OfflineSyncCompleted"))
                    for body in held:
                        await self.deliver(body, inbox, handing)
                    held.clear()
                    self._importer.start(inbox)
                case "OfflineSyncCompleted":
                    if event.body is not None or "Connected" in self._begun:  # ours comes late when that was cut again
                        await self._caught_up(event.kind, inbox)
                case "HistorySync":
                    self._importer.hear(event.body)
                case "Message":
                    if self._connection.account is None:
                        held.append(event.body)
                    else:
                        await self.deliver(event.body, inbox, handing)
                case "Receipt":
                    for ack in read_receipt(event.body, self._addresses):
                        await self._acknowledge(ack, inbox, handing)
                    chat, ids = unreadable(event.body, self._addresses)
                    for receipt in self._speaking.unreadable(client, chat, ids):
                        await handing.over(inbox.receipt(receipt))
                case "Ack":
                    await self._acknowledge(event.body, inbox, handing)
                case "Sent":
                    await handing.over(inbox.receipt(event.body))
                case "Lost":
                    self._complain(f"the WhatsApp library lost an event ({event.body})")
                case _:
                    verdict = judge(event.kind, event.body, self._phone, self._clock.now())
                    if verdict.then != "go_on":
                        return verdict
                    if verdict.state is None or (verdict.state.status in STANDING) != client.connected:
                        continue  # news of a connection that is another by now
                    if event.kind == "Disconnected" and self._state.status == "disconnected":
                        continue  # what was said before says why
                    await self.report(inbox, verdict.state)
                    if client.connected:
                        deadline = None
                    elif deadline is None:  # counted from when it was cut, however often it is tried since
                        deadline = self._in(self._cut_seconds)

    def _in(self, seconds: float) -> float:
        return asyncio.get_running_loop().time() + seconds

    async def _caught_up(self, kind: str, inbox: Inbox) -> None:
        """Connected is who has logged in and heard what came meanwhile; the library tells the two in either order."""
        if self._state.status == "connected":
            return
        self._begun.add(kind)
        if self._begun == {"Connected", "OfflineSyncCompleted"}:
            self._begun.clear()
            await self.report(inbox, SessionState("connected"))
        elif kind == "Connected":
            await self.report(inbox, SessionState("connecting", "Logged in. Reading what came meanwhile."))

    async def report(self, inbox: Inbox, state: SessionState) -> None:
        """Tell the state when it is another."""
        state = replace(state, action=state.action.replace(PAIR_COMMAND, self.pair_command))
        if state != self._state:
            self._state = state
            await inbox.state(state)

    async def deliver(self, body: Any, inbox: Inbox, handing: Handing) -> None:
        """Hand on the library's MessageEv."""
        if says_nothing(body):
            return
        self.seals.unseal(body)
        if body.Info.MessageSource.IsFromMe:
            await self._speaking.handed_over()  # an echo may be here before the library has told the id
        else:
            await self._ask_for_the_number(body.Info.MessageSource)
        message = self.read(body)
        self._speaking.heard(message.chat)
        await handing.over(inbox.message(message))

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
        try:
            message = read_message(body, self._addresses)
        except Exception as error:  # a customer must not end the session by what they send: it was confirmed already
            self._complain(f"a message cannot be read: it is kept without its content ({place_of(error)})")
            body.ClearField("Message")
            message = read_message(body, self._addresses)
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
            try:
                await client.unlink()
            except (LibraryError, TimeoutError):
                return wrong_number(self._phone, unlinked=False)
            return wrong_number(self._phone, unlinked=True)
        self._connection.account = account
        self._addresses.learn(account.lid, account.phone)  # the chat with oneself may bear either
        return None

    async def _acknowledge(self, ack: Ack, inbox: Inbox, handing: Handing) -> None:
        receipt = self._speaking.acknowledged(ack)
        if receipt is not None:
            await handing.over(inbox.receipt(receipt))
