"""What a session needs from the world, as protocols: a clock, a channel to customers, a store."""

from typing import Protocol

from wabot.model.alert import Alert, StoredAlert
from wabot.model.context import Context
from wabot.model.message import Message
from wabot.model.session import Reload, SessionState, Summary
from wabot.model.turn import Outbound, Receipt, SendFacts, Turn


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> int:
        """UTC milliseconds."""

    async def sleep_until(self, when: int) -> None:
        """Return once `now()` has reached `when` (UTC milliseconds)."""


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


class Alerts(Protocol):
    """Alerts of one tenant, or of the node: kept until they are delivered or given up. Durable on return."""

    async def add(self, alert: Alert, at: int, about: str = "") -> None:
        """Raise an alert, or count it when the same was raised within ten minutes. The node's are `about` a tenant."""

    async def due(self, now: int, most: int) -> list[StoredAlert]:
        """Open alerts whose next attempt is due, oldest first."""

    async def begin(self, alert: str, now: int, again: int) -> StoredAlert | None:
        """Count an attempt that begins `now`; the next is due at `again`. None when none is due (any more)."""

    async def failed(self, alert: str, error: str) -> None:
        """Note why the last attempt failed."""

    async def delivered(self, alert: str, at: int) -> None:
        """open → delivered."""

    async def give_up(self, now: int, error: str) -> list[StoredAlert]:
        """open → dead, for those raised more than 24 h ago; returns them. `error` says why where no attempt did."""


class Store(Protocol):
    """One tenant's memory. A store is bound to its tenant and cannot name another. Every write is durable on return."""

    @property
    def tenant(self) -> str: ...

    @property
    def alerts(self) -> Alerts: ...

    async def journal(self, message: Message, at: int) -> bool:
        """Keep a message that arrived `at`; False when the same chat and id were journalled before."""

    async def undecided(self) -> list[Message]:
        """Journalled messages that no `record` has closed, oldest first: what a killed process left behind."""

    async def suspects(self) -> list[Message]:
        """Those of `undecided` that were begun before, least often first: one of them may have killed the process."""

    async def attempt(self, message: Message) -> int:
        """Count one more try to decide a journalled message; how many those are now. Durable before the try begins."""

    async def context(self, message: Message, now: int) -> Context:
        """All that is known about this message's chat and customer, before it."""

    async def paused(self, now: int) -> bool:
        """Whether a person has paused the whole tenant."""

    async def record(self, turn: Turn) -> None:
        """One transaction: message, conversation, contact, log, counters, effects, outbox; closes the journal entry."""

    async def queued(self) -> list[Outbound]:
        """Replies that wait to be sent, by due time; within a chat in the order in which they were made."""

    async def facts(self, outbound: Outbound, now: int) -> SendFacts:
        """What must be checked once more before `outbound` is sent."""

    async def claim(self, outbound: Outbound, now: int) -> bool:
        """queued → sending; False when it is no longer queued (cancelled meanwhile)."""

    async def release(self, outbound: Outbound, due: int) -> None:
        """sending → queued, to be tried again at `due`."""

    async def finish(self, outbound: Outbound, status: str, at: int, error: str = "") -> None:
        """sending or queued → sent, failed or unknown."""

    async def receipt(self, receipt: Receipt) -> str | None:
        """Move a message on (unknown → sent → delivered → read), never back; its rule when it moved."""

    async def abandon(self, now: int) -> list[Outbound]:
        """sending → unknown, for what a killed process was sending; returns those."""

    async def save_state(self, state: SessionState, at: int) -> None: ...

    async def save_reload(self, reload: Reload) -> None: ...

    async def summary(self) -> Summary: ...

    async def close(self) -> None: ...
