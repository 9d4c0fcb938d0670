"""What this account says: messages, "typing…", and how it knows its own words again."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal

from wabot.channel.neonize.addresses import Addresses
from wabot.channel.neonize.bounded import Bounded
from wabot.channel.neonize.composing import file_message, text_message
from wabot.channel.neonize.connection import Connection
from wabot.channel.neonize.enclosing import Enclosures
from wabot.channel.neonize.library import Event, LibraryError
from wabot.channel.neonize.refusal import refusal
from wabot.channel.neonize.translate import Ack
from wabot.model.errors import ChannelError, SendRefused, SendUnknown
from wabot.model.turn import Outbound, Receipt
from wabot.ports import Clock

# A reply within some 3 ms of the customer's message can be unreadable on the customer's phone.
SETTLE_MS: Final = 50
# A phone number's digits (E.164); a group's id has more.
LONGEST_NUMBER: Final = 15
REMEMBERED: Final = 10_000


class Speaking:
    """One channel's."""

    def __init__(
        self, connection: Connection, addresses: Addresses, clock: Clock, find: Callable[[str], Path] = Path
    ) -> None:
        """`find` tells where a file that a rule names lies now."""
        self._connection, self._addresses, self._clock = connection, addresses, clock
        self._enclosures = Enclosures(clock, find)
        self._spoke: Bounded[str, int] = Bounded(REMEMBERED)
        self._sent: Bounded[str, str] = Bounded(REMEMBERED)
        self._early: Bounded[str, list[Ack]] = Bounded(256)
        self._typing: set[str] = set()
        self._available: bool | None = None
        self._presence = asyncio.Lock()

    def heard(self, chat: str) -> None:
        """Note that somebody wrote in `chat` at this moment."""
        self._spoke[chat] = self._clock.now()

    async def send(self, outbound: Outbound) -> None:
        """Send one message to one person. See `Channel.send` for what it raises."""
        chat = outbound.chat
        known = self._addresses.is_lid(chat)
        if not (chat.isascii() and chat.isdigit() and (known or len(chat) <= LONGEST_NUMBER)):
            raise SendRefused(f"{chat!r} is not one person's chat: wabot sends to nothing else.")
        while (ready := self._spoke.get(chat, -SETTLE_MS) + SETTLE_MS) > self._clock.now():
            await self._clock.sleep_until(ready)
        client = self._connection.ours
        if client is None:
            raise ChannelError("WhatsApp is not connected. The message waits.")
        if outbound.media:
            # Whatever goes wrong with the file, the message did not go out.
            body = file_message(await self._enclosures.ready(client, outbound.media), outbound.text)
        else:
            body = text_message(outbound.text)
        try:
            sent = await client.send(chat, self._server(chat), body)
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

    def _server(self, chat: str) -> Literal["lid", "s.whatsapp.net"]:
        return "lid" if self._addresses.is_lid(chat) else "s.whatsapp.net"
