"""The one place through which everything is sent: when it is due, if it still may, and never twice.

queued → sending → sent is committed around the send itself. A process that dies in between leaves `sending` behind, and
nobody can tell whether the message went out: the next start calls it unknown and does not send it again.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Final, NamedTuple
from weakref import WeakValueDictionary

from wabot.language.rule_set import AutoReply
from wabot.model.errors import (
    ChannelBusy,
    ChannelError,
    CustomerGone,
    SendRefused,
    SendRestricted,
    SendUnknown,
    StoreError,
)
from wabot.model.failure import place_of
from wabot.model.turn import LATER, Outbound, OutboundKind
from wabot.ports import Channel, Clock, Store
from wabot.session.alarms import unsent, waits_for_a_person
from wabot.session.insisting import insist
from wabot.session.permission import FIRST_CONTACT, RETRIES, WAITING, backoff, permission
from wabot.session.report import Outcome, Report
from wabot.session.restraints import Restraints
from wabot.session.typist import Standing, Typist

_LOOK_AGAIN: Final = 1_000
"""Milliseconds until a reply that the minute's limit holds back is looked at again."""
_LOOK: Final = 2.0
"""Seconds between looks for replies that others queued."""
LEASE: Final = 120.0
"""Seconds that a send may take: longer than the library's own 75. Then nobody can tell whether it went out."""
GRACE: Final = 8.0
"""Seconds that a send under way has to end when the session stops."""


class _Again(NamedTuple):
    """To be tried again at `due`; `failed` counts towards giving up; `held` by what holds all replies back."""

    due: int
    failed: int = 0
    held: bool = False


class _Lane(NamedTuple):
    """What goes out one after the other: a person's message waits for no reply that is not due, or held back."""

    chat: str
    kind: OutboundKind


class Sender:
    """Sends a tenant's replies: one after the other within a chat, chats beside each other."""

    def __init__(
        self,
        store: Store,
        channel: Channel,
        connected: asyncio.Event,
        clock: Clock,
        settings: Callable[[], AutoReply],
        report: Report,
        own: Callable[[], str] = lambda: "",
    ) -> None:
        """`connected` is set while the channel can send: what is due meanwhile waits for it. `own` is the tenant's
        number, the only one that notes go to."""
        self.on_sent: Callable[[Outbound], None] = lambda _outbound: None
        self._store, self._channel, self._clock, self._settings, self._report = store, channel, clock, settings, report
        self._connected, self._own = connected, own
        self._restraints = Restraints(store, clock, report, own)
        self._typist = Typist(channel, clock)
        self._chats: dict[_Lane, deque[Outbound]] = {}
        self._one_by_one: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._known: dict[str, int] = {}
        """Each reply that was taken over, and how far the clock had been moved by then."""
        self._workers: set[asyncio.Task[None]] = set()
        self._sending: set[asyncio.Task[None]] = set()
        self._turnstile = asyncio.Lock()
        self._settled = asyncio.Event()
        self._settled.set()
        self._stopped = False

    @property
    def idle(self) -> bool:
        return self._settled.is_set()

    async def settled(self) -> None:
        """Return when nothing waits any more."""
        await self._settled.wait()

    def add(self, replies: Iterable[Outbound], moved: int | None = None) -> None:
        """Take over replies that stand in the outbox as queued; one that was taken over before changes nothing. `moved`
        is how far the clock had been moved when they were made (None: as far as now)."""
        for outbound in replies:
            if self._stopped:
                return  # they stay queued for the next start
            if outbound.id in self._known:
                continue
            self._known[outbound.id] = self._clock.moved() if moved is None else moved
            lane = _Lane(outbound.chat, outbound.kind)
            waiting = self._chats.get(lane)
            if waiting is not None:
                waiting.append(outbound)
                continue
            self._settled.clear()
            self._chats[lane] = deque([outbound])
            worker = asyncio.create_task(self._work(lane))
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)

    def stir(self, chat: str) -> None:
        """A message of this chat was decided: what is about to be said there may not stand any more."""
        self._typist.stir(chat)

    async def show_typing(self, chat: str, on: bool) -> None:
        """Show or hide that somebody types in the chat: a person, of whose message nothing is known yet."""
        await self._typist.show(chat, on)

    async def look(self) -> None:
        """Take over, until cancelled, what others queue: a person who has a failed reply tried again does it in the
        store. A row read here may have been sent meanwhile: the claim then finds it queued no more."""
        while True:
            # Not the session's clock: one that follows a script would be moved on by the waiting.
            await asyncio.sleep(_LOOK)
            with suppress(StoreError):  # whoever sends says so
                await self.look_now()

    async def look_now(self) -> None:
        """Take over what stands in the outbox by now.

        Raises:
            StoreError: it could not be read.
        """
        self.add(await self._store.queued())

    async def stop(self) -> None:
        """Let the sends that are under way end; what waits stays queued."""
        self._stopped = True
        for worker in list(self._workers):
            if worker not in self._sending:  # once claimed, a send is ended, or it would be unknown for no reason
                worker.cancel()
        if self._workers:
            await asyncio.wait(self._workers, timeout=GRACE)

    async def _work(self, lane: "_Lane") -> None:
        waiting = self._chats[lane]
        while waiting:
            outbound = waiting[0]
            due, attempt = outbound.due, 0
            while True:
                typing = await self._wait(outbound, due)
                try:
                    again = await self._attempt(outbound, attempt + 1)
                finally:
                    if typing:
                        await self._typist.show(outbound.chat, False)
                if again is not None and again.held:
                    # Thousands may be held back at once: only the first of them looks again and again.
                    async with self._turnstile:
                        while (again := await self._attempt(outbound, attempt + 1)) is not None and again.held:
                            await self._clock.sleep(_LOOK_AGAIN)
                if again is None:
                    break
                due, attempt = again.due, attempt + again.failed
            del self._known[waiting.popleft().id]
        del self._chats[lane]
        if not self._chats:
            self._settled.set()

    async def _attempt(self, outbound: Outbound, attempt: int) -> _Again | None:
        worker = asyncio.current_task()
        assert worker is not None
        self._sending.add(worker)
        try:
            return await self._send(outbound, attempt)
        finally:
            self._sending.discard(worker)
            if self._stopped:
                worker.cancel()

    async def _wait(self, outbound: Outbound, due: int) -> bool:
        """Return when it is time to try; whether "typing…" is shown by then."""
        await self._connected.wait()
        # Asked once: the clock may be set at any moment. Where it was set back since the reply was made, that waits no
        # longer than it was meant to.
        now = self._clock.now()
        until = min(due, now + max(due - outbound.created, 0))
        if until <= now:
            return False
        if outbound.kind == "reply":
            stands = partial(self._stands, outbound, until, due - until)
            return await self._typist.until_due(outbound, now, until, stands)
        await self._clock.sleep(until - now)
        return False

    async def _stands(self, outbound: Outbound, due: int, early: int) -> Standing:
        """What would become of the reply if it were due now. It waits until `due`, so many milliseconds `early`."""
        now = self._clock.now()
        try:
            facts = await self._store.facts(outbound, now)
        except StoreError:  # whoever sends it says so
            return Standing(due, True)
        forward = max(self._clock.moved() - self._known[outbound.id], 0)
        refusal = permission(outbound, facts, self._settings(), now, self._own(), forward)
        return Standing(facts.due and facts.due - early, refusal is None)

    async def _send(self, outbound: Outbound, attempt: int) -> _Again | None:
        """One attempt. Returns when to try again, or None when the reply is dealt with."""
        # What is being sent in a chat is out before a person's message there.
        one_by_one = self._one_by_one.setdefault(outbound.chat, asyncio.Lock())
        try:
            async with one_by_one:
                forward = max(self._clock.moved() - self._known[outbound.id], 0)
                now, settings, own = self._clock.now(), self._settings(), self._own()
                may = partial(permission, outbound, settings=settings, now=now, own=own, set_forward=forward)
                claim = await self._store.claim(outbound, now, may)
                if claim.claimed:
                    return await self._through_the_channel(replace(outbound, due=claim.due or outbound.due), attempt)
            if claim.refusal == LATER:
                return _Again(claim.due)
            if claim.refusal in WAITING:
                return _Again(now + _LOOK_AGAIN, held=True)
            if claim.refusal is not None:
                if claim.refusal == FIRST_CONTACT:  # the chat first, as in `_give_up`
                    await self._restraints.hand_over(outbound, waits_for_a_person(outbound.chat))
                await self._fail(outbound, claim.refusal, "withheld")
            else:  # it is queued no more: a person took the chat over
                self._report.became(outbound.rule, "cancelled", outbound)
            return None
        except StoreError as error:
            self._report.note("a reply waits for the store", level="error", error=str(error), outbound=outbound.id)
            return _Again(self._clock.now() + _LOOK_AGAIN)
        except Exception as error:  # a bug: it must not end the worker, and with it every later reply in this chat
            return await self._stumbled(outbound, attempt, error)

    async def _stumbled(self, outbound: Outbound, attempt: int, error: Exception) -> _Again | None:
        self._report.note("a reply could not be dealt with", level="error", error=place_of(error), outbound=outbound.id)
        if attempt < RETRIES:
            return _Again(self._clock.now() + _LOOK_AGAIN, failed=1)
        with suppress(Exception):  # what cannot even be given up stays as it is; the next start looks at it again
            await self._give_up(outbound, f"given up after {attempt} attempts: a bug in wabot ({place_of(error)})")
        return None

    async def _through_the_channel(self, outbound: Outbound, attempt: int) -> _Again | None:
        try:
            async with asyncio.timeout(LEASE):
                await self._channel.send(outbound)
        except TimeoutError:
            self._report.note("nobody knows whether a reply went out", level="warning", outbound=outbound.id)
            await self._finish(outbound, "unknown", f"no answer within {LEASE:g} s")
        except SendRestricted as error:
            if outbound.kind != "note":
                await self._restraints.refused(outbound)
            await self._fail(outbound, str(error))
        except CustomerGone as error:
            await self._fail(outbound, str(error))
        except SendRefused as error:
            await self._give_up(outbound, str(error))
        except SendUnknown as error:
            self._report.note("nobody knows whether a reply went out", level="warning", outbound=outbound.id)
            await self._finish(outbound, "unknown", str(error))
        except ChannelBusy:
            due = self._clock.now()  # at once, but not before it is asked again whether it may go out
            await insist(partial(self._store.release, outbound, due), self._report, "a reply")
            return _Again(due)
        except ChannelError as error:
            if attempt >= RETRIES:
                await self._give_up(outbound, f"given up after {attempt} attempts: {error}")
                return None
            due = self._clock.now() + backoff(attempt)
            # Insisted on: a row that stays claimed would be taken for one that a person cancelled.
            await insist(partial(self._store.release, outbound, due), self._report, "a reply")
            return _Again(due, failed=1)
        except Exception as error:  # a bug in a channel: the message may be out, so it is not sent again
            self._report.note("a send broke off", level="error", outbound=outbound.id, error=place_of(error))
            await self._finish(outbound, "unknown", repr(error))
        else:
            await self._finish(outbound, "sent")
            self._report.sent(outbound)
            self.on_sent(outbound)
        return None

    async def _give_up(self, outbound: Outbound, reason: str) -> None:
        # The chat first: a process that dies in between leaves a chat that a person sees, and no silence.
        if outbound.kind != "note":
            await self._restraints.hand_over(outbound, unsent(outbound.rule, reason))
        await self._fail(outbound, reason)

    async def _fail(self, outbound: Outbound, reason: str, outcome: Outcome = "failed") -> None:
        self._report.note("a reply was not sent", level="warning", reason=reason, rule=outbound.rule)
        await self._finish(outbound, outcome, reason)

    async def _finish(self, outbound: Outbound, outcome: Outcome, error: str = "") -> None:
        status = "failed" if outcome == "withheld" else outcome
        # The message is out (or is not): that must be written down however long the store takes, or a restart would
        # call it unknown.
        at = self._clock.now()
        await insist(partial(self._store.finish, outbound, status, at, error), self._report, "a send")
        self._report.became(outbound.rule, outcome, outbound)
