"""What this account says: messages, "typing…", and how it knows its own words again."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Literal

from wabot.channel.neonize.addresses import Addresses
from wabot.channel.neonize.bounded import Bounded
from wabot.channel.neonize.composing import file_message, quoting, text_message
from wabot.channel.neonize.connection import Connection
from wabot.channel.neonize.enclosing import Enclosures
from wabot.channel.neonize.gate import NotYet, Occupied
from wabot.channel.neonize.library import Client, Event, LibraryError, Sent
from wabot.channel.neonize.refusal import refusal
from wabot.channel.neonize.settling import BUSY, Settling
from wabot.channel.neonize.translate import Ack
from wabot.model.errors import ChannelBusy, ChannelError, CustomerGone, SendUnknown
from wabot.model.masked import masked
from wabot.model.turn import Outbound, Receipt
from wabot.ports import Clock

# A phone number's digits (E.164); a group's id has more.
LONGEST_NUMBER: Final = 15
REMEMBERED: Final = 10_000
# Messages that the library keeps for phones that could not read them.
KEPT: Final = 256


class Speaking:
    """One channel's."""

    def __init__(
        self, connection: Connection, addresses: Addresses, clock: Clock, find: Callable[[str], Path] = Path
    ) -> None:
        """`find` tells where a file that a rule names lies now."""
        self._connection, self._addresses, self._clock = connection, addresses, clock
        self._settling = Settling(clock)
        self._enclosures = Enclosures(clock, find)
        self._sent: Bounded[str, str] = Bounded(REMEMBERED)
        self._early: Bounded[str, list[Ack]] = Bounded(256)
        self._kept: Bounded[str, Client] = Bounded(KEPT)
        self._typing: set[str] = set()
        self._available: bool | None = None
        self._presence = asyncio.Lock()

    def heard(self, chat: str) -> None:
        """Note that somebody wrote in `chat` at this moment."""
        self._settling.heard(chat)

    async def send(self, outbound: Outbound) -> None:
        """Send one message to one person. See `Channel.send` for what it raises."""
        chat = outbound.chat
        known = self._addresses.is_lid(chat)
        if not (chat.isascii() and chat.isdigit() and (known or len(chat) <= LONGEST_NUMBER)):
            raise CustomerGone(f"{masked(chat)} is not one person's chat: wabot sends to nothing else.")
        body = await self._body(outbound)  # a file takes its time; nobody waits for that
        latest, sent = self._settling.latest(), None
        while sent is None:
            async with self._settling.turn(chat, latest) as ready:
                client = self._ours()
                with suppress(NotYet):
                    sent = await self._hand_over(client, chat, body, ready)
                    self._sent[sent.id], self._kept[sent.id] = outbound.id, client
        # By this id customers quote the reply and react to it, and receipts name it after a restart.
        client.events.put_nowait(Event("Sent", Receipt(outbound.id, "sent", self._clock.now(), chat, sent.id)))
        for ack in self._early.pop(sent.id, []):
            client.events.put_nowait(Event("Ack", ack))

    def _ours(self) -> Client:
        client = self._connection.ours
        if client is None:
            raise ChannelError("WhatsApp is not connected. The message waits.")
        return client

    async def _body(self, outbound: Outbound) -> Any:
        """The e2e.Message. Whatever goes wrong with a file, the message did not go out."""
        context = None if outbound.quoted is None else quoting(outbound.quoted, self._author(outbound))
        if outbound.media:
            return file_message(await self._enclosures.ready(self._ours(), outbound.media), outbound.text, context)
        return text_message(outbound.text, context)

    def _author(self, outbound: Outbound) -> str:
        """Who wrote what the message replies to."""
        account, server = self._connection.account, self._server(outbound.chat)
        if outbound.quoted is None or not outbound.quoted.own or account is None:
            return f"{outbound.chat}@{server}"
        return f"{account.lid}@lid" if server == "lid" and account.lid else f"{account.phone}@s.whatsapp.net"

    async def _hand_over(self, client: Client, chat: str, body: Any, ready: Callable[[], bool]) -> Sent:
        try:
            return await client.send(chat, self._server(chat), body, ready)
        except Occupied:
            raise ChannelBusy(BUSY) from None
        except TimeoutError:
            raise SendUnknown(
                "WhatsApp did not say whether the message went out. Look at the chat on the phone."
            ) from None
        except LibraryError as error:
            raise refusal(str(error)) from None

    async def connected(self) -> None:
        """A connection was made, as the tenant's number: nothing is being typed, and the phone shall ring."""
        self._typing.clear()
        self._available = None
        await self._show_available(False)

    async def typing(self, chat: str, on: bool) -> None:
        """Show or hide "typing…". The account counts as available only meanwhile: an available linked device keeps the
        owner's phone from showing notifications."""
        client = self._connection.ours
        if client is None:
            return
        if on:
            self._typing.add(chat)
            await self._show_available(True)
        with suppress(LibraryError, TimeoutError):
            await client.show_typing(chat, self._server(chat), on)
        if not on:
            self._typing.discard(chat)
            await self._show_available(bool(self._typing))

    async def mark_read(self, chat: str, messages: Sequence[str]) -> None:
        """Turn the ticks of a customer's messages blue."""
        client = self._connection.ours
        if client is not None:
            with suppress(LibraryError, TimeoutError):
                await client.mark_read(chat, self._server(chat), messages)

    async def _show_available(self, on: bool) -> None:
        # One after the other: the last word must be the last that WhatsApp hears.
        async with self._presence:
            client = self._connection.ours
            if client is None or on == self._available or (not on and self._typing):
                return
            with suppress(LibraryError, TimeoutError):
                await client.show_available(on)
                self._available = on

    async def handed_over(self) -> None:
        """Return when the id of what is being sent at this moment is known, or soon all the same."""
        await self._settling.handed_over()

    def is_echo(self, id: str, device: int) -> bool:
        """Whether a message of the account that came back is this very device's."""
        account = self._connection.account
        return id in self._sent or (account is not None and device == account.device)

    def acknowledged(self, ack: Ack) -> Receipt | None:
        """Whose receipt this is; None when nobody can tell (yet)."""
        outbound = self._sent.get(ack.id)
        if outbound is not None:
            return Receipt(outbound, ack.status, ack.at)
        # Fast phones confirm before the library has told us the id of what was sent.
        self._early[ack.id] = [*self._early.get(ack.id, []), ack]
        if not ack.chat:
            return None
        # Or it was sent before a restart, or by a person on the phone: the store may know it.
        return Receipt("", ack.status, ack.at, ack.chat, ack.id)

    def unreadable(self, client: Client, chat: str, ids: list[str]) -> list[Receipt]:
        """What a phone could not read, and the library cannot send again: it keeps what it sent in memory alone."""
        lost = [id for id in ids if self._kept.get(id) is not client]
        return [Receipt("", "unreadable", self._clock.now(), chat, id) for id in lost]

    def _server(self, chat: str) -> Literal["lid", "s.whatsapp.net"]:
        return "lid" if self._addresses.is_lid(chat) else "s.whatsapp.net"
