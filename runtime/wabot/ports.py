"""What a session needs from the world, as protocols: a clock, a channel to customers, a store."""

from collections.abc import Callable, Sequence
from typing import Protocol

from wabot.model.context import Context
from wabot.model.message import Message
from wabot.model.session import Reload, SessionState, Summary
from wabot.model.turn import Begun, Claim, Outbound, Receipt, SendFacts, Turn


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> int:
        """UTC milliseconds."""

    async def sleep_until(self, when: int) -> None:
        """Return once `now()` has reached `when` (UTC milliseconds), or once as much time has passed as it was away: a
        clock that is set back makes nobody wait longer."""

    def moved(self) -> int:
        """Milliseconds by which the clock was set forward (negative: back) since this process began."""


class Inbox(Protocol):
    """Where a channel hands over what it heard."""

    async def message(self, message: Message) -> None:
        """Journal a message. Once this returns, the message survives kill -9. Cheap: nothing is decided here."""

    async def receipt(self, receipt: Receipt) -> None:
        """Note what became of a sent message."""

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
            SendRefused: it did not go out, and never will.
            SendUnknown: nobody can tell whether it went out.
            ChannelError: it did not go out; trying again later is safe.
        """

    async def typing(self, chat: str, on: bool) -> None:
        """Show or hide "typing…" in a chat. Failing is silent: it is a courtesy."""

    async def close(self) -> None:
        """Disconnect. `run` returns soon after."""


class Store(Protocol):
    """One tenant's memory. A store is bound to its tenant and cannot name another. Every write is durable on return."""

    @property
    def tenant(self) -> str: ...

    async def journal(self, messages: Sequence[Message], at: int) -> list[bool]:
        """Keep messages that arrived `at`, all of them or none; False for each whose chat and id were journalled
        before."""

    async def undecided(self) -> list[Message]:
        """Journalled messages that no `record` has closed, oldest first: what a killed process left behind."""

    async def suspects(self) -> list[Message]:
        """Those of `undecided` that were begun before, least often first: one of them may have killed the process."""

    async def pairs(self) -> list[tuple[str, str]]:
        """Each customer who is known by two names: LID and phone number."""

    async def begin(self, message: Message, now: int) -> Begun:
        """Count one more try to decide a journalled message, and tell all that is known about its chat and customer.
        The count is durable on return, also when nothing could be told."""

    async def context(self, message: Message, now: int) -> Context:
        """All that is known about this message's chat and customer, before it."""

    async def record(self, turn: Turn) -> None:
        """One transaction: message, conversation, contact, log, counters, effects, outbox; closes the journal entry."""

    async def queued(self) -> list[Outbound]:
        """Replies that wait to be sent, by due time; within a chat in the order in which they were made."""

    async def facts(self, outbound: Outbound, now: int) -> SendFacts:
        """What is checked before `outbound` is sent."""

    async def claim(self, outbound: Outbound, now: int, refuse: Callable[[SendFacts], str | None]) -> Claim:
        """queued → sending, unless `refuse` says why not, asked with what is known at this moment; or it is due later
        by now (`LATER`), or no longer queued (cancelled meanwhile). One step: no other send comes in between."""

    async def release(self, outbound: Outbound, due: int) -> None:
        """sending → queued, to be tried again at `due`."""

    async def finish(self, outbound: Outbound, status: str, at: int, error: str = "") -> None:
        """sending or queued → sent, failed or unknown."""

    async def receipt(self, receipt: Receipt) -> None:
        """Move a message on (unknown → sent → delivered → read), never back."""

    async def abandon(self, now: int) -> list[Outbound]:
        """sending → unknown, for what a killed process was sending; returns those."""

    async def save_state(self, state: SessionState, at: int) -> None: ...

    async def save_reload(self, reload: Reload) -> None: ...

    async def summary(self) -> Summary: ...

    async def close(self) -> None: ...
