"""What a session needs from the world, as protocols: a clock, a channel to customers, a store."""

from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from typing import Protocol

from wabot.model.alert import Alert, StoredAlert
from wabot.model.context import Context, Usage
from wabot.model.history import History
from wabot.model.media import WantedFile
from wabot.model.message import Message
from wabot.model.orders import OrderSummary
from wabot.model.people import NO_LIMITS, Choose, Limits
from wabot.model.session import Reload, SessionState, Summary
from wabot.model.stored import JobRun, StoredFollowUp
from wabot.model.turn import Begun, Claim, HandedOver, Outbound, Receipt, SendFacts, Turn
from wabot.ports.channel import (
    Acquainted,
    Channel,
    Clock,
    Hastened,
    Inbox,
    MediaSource,
    Observant,
    Patient,
    ReadMarker,
)

__all__ = [
    "Acquainted",
    "Alerts",
    "Channel",
    "Clock",
    "Files",
    "FollowUps",
    "Hastened",
    "Importing",
    "Inbox",
    "MediaSource",
    "Observant",
    "Orders",
    "Patient",
    "People",
    "ReadMarker",
    "Restraints",
    "Store",
    "Upkeep",
]


class Files(Protocol):
    """Which files of messages are to be downloaded, and what became of that."""

    async def wanted(self, since: int, most: int) -> list[WantedFile]:
        """Files of messages that came live since then, of which it is open what becomes; oldest first."""

    async def stored(self, id: str, name: str, size: int) -> bool:
        """The file is in the folder as `name`; False when its message is gone meanwhile, or was taken back."""

    async def failed(self, id: str, error: str) -> None:
        """One more try failed; with an `error` it was the last."""

    async def unknown(self, names: Sequence[str]) -> list[str]:
        """Those of the files that no message names."""


class Importing(Protocol):
    """Where messages from before go."""

    async def add(self, part: History, at: int) -> int:
        """Store what of `part` is new, in short transactions; how many messages those were. `at` is now."""

    async def expect(self, until: int | None) -> None:
        """Remember until when (UTC milliseconds) a history is expected; None: it is in."""

    async def expected(self) -> int | None:
        """Until when a history is expected, as a session before this one may have noted it; None when none is."""


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


class People(Protocol):
    """The people who answer for a tenant."""

    async def distribute(self, choose: Choose, at: int, limits: Limits = NO_LIMITS) -> int:
        """Give the chats that wait to whom `choose` says, the longest-waiting first, and those of people who have left,
        are absent, or let their customer wait for too long, to others; how many changed hands. One step: no other
        process comes in between."""


class Restraints(Protocol):
    """What WhatsApp does not let a tenant's number do for now. Remembered across restarts."""

    async def login(self, phone: str, now: int) -> SessionState | None:
        """The ban or restriction of the number `phone` that still lasts: no login is tried before it ends."""

    async def hold_login(self, phone: str, state: SessionState | None) -> None:
        """Remember a state with an end; None: a login is tried whenever it is wanted."""

    async def stop_first_contacts(self, phone: str, now: int, until: int, alert: Alert) -> bool:
        """Until then nobody is answered who never got a message of ours before; raises the alert. False when that was
        so already, and nothing changes."""

    async def hand_over(self, chat: str, at: int, alert: Alert) -> None:
        """The chat waits for a person; raises the alert."""


class FollowUps(Protocol):
    """A tenant's messages that go out at a time and not because somebody wrote."""

    async def due(self, now: int) -> list[StoredFollowUp]:
        """The pending ones whose time has come, oldest first."""

    async def next_due(self) -> int | None:
        """When the first pending one is due (UTC milliseconds), whether that is past or not."""

    async def hand_over(
        self, item: StoredFollowUp, now: int, refuse: Callable[[Context], str | None], used: Callable[[Context], Usage]
    ) -> HandedOver:
        """pending → a queued row of the outbox, unless `refuse` says why not, asked with what is known of the customer
        at this moment; or `WRITING`: the customer wrote, and that is not decided yet. One step, so that it happens
        once whatever dies; `used` is what it takes of the day's limit."""

    async def drop(self, item: StoredFollowUp, reason: str, now: int) -> None:
        """pending → cancelled."""


class Orders(Protocol):
    """What was looked up of customers' orders."""

    async def looked_up(self, message: Message) -> tuple[str, int | None]:
        """The number of whoever wrote the message ("" when nobody knows it), and when their orders were last looked up
        (UTC milliseconds)."""

    async def keep(self, phone: str, summary: OrderSummary, at: int) -> None:
        """Remember what was looked up `at`; it counts from now on. Survives the process on return."""


class Upkeep(Protocol):
    """Jobs that run at times, and what they do to the store."""

    async def known(self, jobs: tuple[str, ...], at: int) -> Mapping[str, JobRun]:
        """The last run of each job; one that was never heard of is known from `at`."""

    async def began(self, job: str, at: int) -> None: ...

    async def ended(self, job: str, at: int, ok: bool, detail: str) -> None: ...

    async def clean_up(self, before: int, now: int, zone: tzinfo) -> Mapping[str, int]:
        """Delete what is older than `before`, in steps so small that a live chat is not held up; how much of what. What
        is not decided, waits or counts stays, and so do the figures of those days, on the clock of `zone`."""

    async def aggregate(self, now: int, zone: tzinfo) -> tuple[int, int]:
        """Bring the figures up to date, on the clock of `zone`, in steps as small; how many chats were counted, and how
        many days summed."""

    async def drop_uploads(self, now: int) -> int:
        """Delete people's files that no message needs any more, and what is left of uploads that were cut off; how
        many."""

    async def tidy(self, now: int) -> str:
        """Keep the file quick and small; what was done. Whoever writes meanwhile does not wait for long."""


class Store(Protocol):
    """One tenant's memory. A store is bound to its tenant and cannot name another. Every write survives the process on
    return, and a power cut, too, but for those that say so: these do soon after, and once `flush` has returned."""

    @property
    def tenant(self) -> str: ...

    @property
    def imports(self) -> Importing: ...

    @property
    def files(self) -> Files: ...

    @property
    def alerts(self) -> Alerts: ...

    @property
    def people(self) -> People: ...

    @property
    def restraints(self) -> Restraints: ...

    @property
    def follow_ups(self) -> FollowUps: ...

    @property
    def orders(self) -> Orders: ...

    @property
    def upkeep(self) -> Upkeep: ...

    async def flush(self) -> None:
        """Return once a power cut loses nothing that was written before."""

    async def journal(self, messages: Sequence[Message], at: int, *, flushed: bool = True) -> list[bool]:
        """Keep messages that arrived `at`, all of them or none; False for each whose chat and id were journalled
        before. Not `flushed`: they survive the process on return, a power cut soon after."""

    async def undecided(self) -> list[Message]:
        """Journalled messages that no `record` has closed, oldest first: what a killed process left behind."""

    async def suspects(self) -> list[Message]:
        """Those of `undecided` that were begun before, least often first: one of them may have killed the process."""

    async def lids(self) -> list[tuple[str, str]]:
        """The LID of each customer who is known by one, and the phone number ("" if unknown)."""

    async def begin(self, message: Message, now: int) -> Begun:
        """Count one more try to decide a journalled message, and tell all that is known about its chat and customer.
        The count survives the process on return, also when nothing could be told."""

    async def context(self, message: Message, now: int) -> Context:
        """All that is known about this message's chat and customer, before it."""

    async def record(self, turn: Turn) -> None:
        """One transaction: message, conversation, contact, log, counters, effects, outbox; closes the journal entry."""

    async def queued(self) -> list[Outbound]:
        """Replies that wait to be sent, in the order in which they were made, which each chat keeps."""

    async def facts(self, outbound: Outbound, now: int) -> SendFacts:
        """What is checked before `outbound` is sent."""

    async def claim(self, outbound: Outbound, now: int, refuse: Callable[[SendFacts], str | None]) -> Claim:
        """queued → sending, unless `refuse` says why not, asked with what is known at this moment; or it is due later
        by now (`LATER`), or no longer queued (cancelled meanwhile). One step: no other send comes in between."""

    async def answered(self, outbound: Outbound) -> list[str]:
        """The customer's messages (the channel's ids) that this reply answers; none when a person must answer in that
        chat, too."""

    async def release(self, outbound: Outbound, due: int) -> None:
        """sending → queued, to be tried again at `due`."""

    async def finish(self, outbound: Outbound, status: str, at: int, error: str = "") -> None:
        """sending or queued → sent, failed or unknown. `sent` survives the process on return: a power cut within the
        next milliseconds leaves what one in the middle of the send leaves, `unknown`."""

    async def receipt(self, receipt: Receipt) -> str | None:
        """Move a message on (unknown → sent → delivered → read), never back; its rule when it moved. Survives the
        process on return: a power cut within the next milliseconds costs a tick, or WhatsApp's id of the message."""

    async def abandon(self, now: int) -> list[Outbound]:
        """sending → unknown, for what a killed process was sending; returns those."""

    async def save_state(self, state: SessionState, at: int) -> None: ...

    async def out_since(self) -> int | None:
        """Since when the tenant has been out of reach without having been connected; None when it is not."""

    async def save_reload(self, reload: Reload) -> None: ...

    async def summary(self) -> Summary: ...

    async def close(self) -> None: ...
