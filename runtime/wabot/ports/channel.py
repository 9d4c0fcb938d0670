"""A way to a tenant's customers, and what the session offers it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, runtime_checkable

from wabot.model.history import History
from wabot.model.message import Attachment, Message
from wabot.model.session import SessionState
from wabot.model.turn import Outbound, Receipt


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> int:
        """UTC milliseconds."""

    def steady(self) -> int:
        """Milliseconds on a clock that nobody can set: for how long ago something was, in this process. May be asked in
        any thread."""

    async def sleep(self, milliseconds: int) -> None:
        """Return once so much time has passed, as the clock shows it or as it was away: who sets it back makes nobody
        wait longer, and who sets it forward makes nobody wait on."""

    def moved(self) -> int:
        """Milliseconds by which the clock was set forward (negative: back) since this process began."""


class Inbox(Protocol):
    """Where a channel hands over what it heard."""

    async def message(self, message: Message) -> None:
        """Journal a message. Once this returns, the message survives kill -9. Cheap: nothing is decided here."""

    async def receipt(self, receipt: Receipt) -> None:
        """Note what became of a sent message."""

    async def history(self, part: History) -> None:
        """Import what the phone remembers from before; nothing of it is answered. Safe to call again with the same."""

    async def state(self, state: SessionState) -> None:
        """Note the connection's new state."""

    async def settled(self) -> None:
        """Return when every journalled message is decided and every reply sent or given up."""


class Channel(Protocol):
    """A way to a tenant's customers."""

    async def run(self, inbox: Inbox) -> None:
        """Connect, and deliver to `inbox` until the channel has nothing more to say (a script that ended) or is
        cancelled. Reconnecting is the channel's own business; raising means that the session must be restarted."""

    async def send(self, outbound: Outbound) -> None:
        """Send one message. May take as long as the network does.

        Raises:
            SendRefused: it did not go out, and never will (SendRestricted: because this number may not start chats).
            SendUnknown: nobody can tell whether it went out.
            ChannelError: it did not go out; trying again later is safe.
        """

    async def typing(self, chat: str, on: bool) -> None:
        """Show or hide "typing…" in a chat. Failing is silent: it is a courtesy."""

    async def close(self) -> None:
        """Disconnect. `run` returns soon after."""


@runtime_checkable
class MediaSource(Protocol):
    """A channel that can download what customers send."""

    async def fetch(self, media: Attachment, most: int) -> bytes:
        """The file, whole. One of more than `most` bytes is not brought in, whatever its sender says of its size.

        Raises:
            MediaTooLarge: it is larger.
            MediaGone: it cannot be had, now or later.
            ChannelError: not now.
        """


@runtime_checkable
class ReadMarker(Protocol):
    """A channel that can show customers that their messages were read."""

    async def mark_read(self, chat: str, messages: Sequence[str]) -> None:
        """Turn the ticks of these messages of the customer's (the channel's ids) blue. Failing is silent: it is a
        courtesy."""


@runtime_checkable
class Acquainted(Protocol):
    """A channel that names customers by what they were called before."""

    def know(self, lids: Iterable[tuple[str, str]]) -> None:
        """Before `run`: these LIDs are customers', and these are their phone numbers ("" if unknown)."""


@runtime_checkable
class Observant(Protocol):
    """A channel that may hear that customers type."""

    def tell_typing(self, heard: Callable[[str, bool], None]) -> None:
        """Before `run`: `heard` is called with the chat, and whether its customer types there now."""


@runtime_checkable
class Patient(Protocol):
    """A channel that calls a person once it has been out of reach for a while."""

    def out_since(self, at: int) -> None:
        """Before `run`: it has been out of reach since then (UTC milliseconds), in processes before this one."""


@runtime_checkable
class Hastened(Protocol):
    """A channel that waits by itself until a ban ends."""

    def try_now(self) -> None:
        """Log in at once, if it waits."""
