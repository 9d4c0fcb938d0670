"""The one place through which everything is sent: when it is due, if it still may, and never twice.

queued → sending → sent is committed around the send itself. A process that dies in between leaves `sending` behind, and
nobody can tell whether the message went out: the next start calls it unknown and does not send it again.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Final, NamedTuple

from wabot.language.rule_set import AutoReply
from wabot.model.errors import ChannelError, SendRefused, SendUnknown, StoreError
from wabot.model.turn import LATER, Outbound
from wabot.ports import Channel, Clock, Store
from wabot.session.permission import RETRIES, WAITING, backoff, permission
from wabot.session.report import Report

_TYPING: Final = 5_000
"""Milliseconds before a reply for which "typing…" is shown at most."""
_LOOK_AGAIN: Final = 1_000
"""Milliseconds until a reply that the minute's limit holds back is looked at again."""
_LOOK: Final = 2.0
"""Seconds between looks for replies that others queued."""
GRACE: Final = 8.0
"""Seconds that a send under way has to end when the session stops."""


class _Again(NamedTuple):
    """To be tried again at `due`; `failed` counts towards giving up; `held` by what holds all replies back."""

    due: int
    failed: int = 0
    held: bool = False


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
    ) -> None:
        """`connected` is set while the channel can send: what is due meanwhile waits for it."""
        self._store, self._channel, self._clock, self._settings, self._report = store, channel, clock, settings, report
        self._connected = connected
        self._chats: dict[str, deque[Outbound]] = {}
        self._known: dict[str, int] = {}
        """Each reply that was taken over, and how far the clock had been moved by then."""
        self._workers: set[asyncio.Task[None]] = set()
        self._sending: set[asyncio.Task[_Again | None]] = set()
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

    def add(self, replies: Iterable[Outbound]) -> None:
        """Take over replies that stand in the outbox as queued; one that was taken over before changes nothing."""
        for outbound in replies:
            if self._stopped:
                return  # they stay queued for the next start
            if outbound.id in self._known:
                continue
            self._known[outbound.id] = self._clock.moved()
            waiting = self._chats.get(outbound.chat)
            if waiting is not None:
                waiting.append(outbound)
                continue
            self._settled.clear()
            self._chats[outbound.chat] = deque([outbound])
            worker = asyncio.create_task(self._work(outbound.chat))
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)

    async def look(self) -> None:
        """Take over, until cancelled, what others queue: a person who has a failed reply tried again does it in the
        store. A row read here may have been sent meanwhile: the claim then finds it queued no more."""
        while True:
            # Not the session's clock: one that follows a script would be moved on by the waiting.
            await asyncio.sleep(_LOOK)
            with suppress(StoreError):  # whoever sends says so
                self.add(await self._store.queued())

    async def stop(self) -> None:
        """Let the sends that are under way end; what waits stays queued."""
        self._stopped = True
        for worker in list(self._workers):
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        if self._sending:
            await asyncio.wait(self._sending, timeout=GRACE)

    async def _work(self, chat: str) -> None:
        waiting = self._chats[chat]
        while waiting:
            outbound = waiting[0]
            due, attempt = outbound.due, 0
            while True:
                await self._wait(outbound, due)
                again = await self._attempt(outbound, attempt + 1)
                if again is not None and again.held:
                    # Thousands may be held back at once: only the first of them looks again and again.
                    async with self._turnstile:
                        while (again := await self._attempt(outbound, attempt + 1)) is not None and again.held:
                            await self._clock.sleep_until(again.due)
                if again is None:
                    break
                due, attempt = again.due, attempt + again.failed
            del self._known[waiting.popleft().id]
        del self._chats[chat]
        if not self._chats:
            self._settled.set()

    async def _attempt(self, outbound: Outbound, attempt: int) -> _Again | None:
        sending = asyncio.create_task(self._send(outbound, attempt))
        self._sending.add(sending)
        sending.add_done_callback(self._sending.discard)
        # Shielded: once claimed, a send is ended, or it would be unknown for no reason.
        return await asyncio.shield(sending)

    async def _wait(self, outbound: Outbound, due: int) -> None:
        await self._connected.wait()
        # The clock may have been set back since the reply was made: it waits no longer than it was meant to.
        due = min(due, self._clock.now() + max(due - outbound.created, 0))
        if due <= self._clock.now():
            return
        await self._clock.sleep_until(due - _TYPING)
        await self._typing(outbound.chat, True)
        try:
            await self._clock.sleep_until(due)
        finally:
            await self._typing(outbound.chat, False)

    async def _typing(self, chat: str, on: bool) -> None:
        with suppress(Exception):  # a courtesy: whatever goes wrong with it, the reply itself must go out
            await self._channel.typing(chat, on)

    async def _send(self, outbound: Outbound, attempt: int) -> _Again | None:
        """One attempt. Returns when to try again, or None when the reply is dealt with."""
        try:
            now, settings = self._clock.now(), self._settings()
            forward = max(self._clock.moved() - self._known[outbound.id], 0)
            may = partial(permission, outbound, settings=settings, now=now, set_forward=forward)
            claim = await self._store.claim(outbound, now, may)
            if claim.claimed:
                return await self._through_the_channel(outbound, attempt)
            if claim.refusal == LATER:
                return _Again(claim.due)
            if claim.refusal in WAITING:
                return _Again(now + _LOOK_AGAIN, held=True)
            if claim.refusal is not None:
                await self._fail(outbound, claim.refusal)
            return None  # without a refusal it is queued no more: a person took the chat over
        except StoreError as error:
            self._report.note("a reply waits for the store", level="error", error=str(error), outbound=outbound.id)
            return _Again(self._clock.now() + _LOOK_AGAIN)

    async def _through_the_channel(self, outbound: Outbound, attempt: int) -> _Again | None:
        try:
            await self._channel.send(outbound)
        except SendRefused as error:
            await self._fail(outbound, str(error))
        except SendUnknown as error:
            self._report.note("nobody knows whether a reply went out", level="warning", outbound=outbound.id)
            await self._finish(outbound, "unknown", str(error))
        except ChannelError as error:
            if attempt >= RETRIES:
                await self._fail(outbound, f"given up after {attempt} attempts: {error}")
                return None
            due = self._clock.now() + backoff(attempt)
            await self._store.release(outbound, due)
            return _Again(due, failed=1)
        except Exception as error:  # a bug in a channel: the message may be out, so it is not sent again
            self._report.note("a send broke off", level="error", outbound=outbound.id, error=repr(error))
            await self._finish(outbound, "unknown", repr(error))
        else:
            await self._finish(outbound, "sent")
            self._report.sent(outbound)
        return None

    async def _fail(self, outbound: Outbound, reason: str) -> None:
        self._report.note("a reply was not sent", level="warning", reason=reason, rule=outbound.rule)
        await self._finish(outbound, "failed", reason)

    async def _finish(self, outbound: Outbound, status: str, error: str = "") -> None:
        # The message is out (or is not): that must be written down however long the store takes, or a restart would
        # call it unknown.
        while True:
            try:
                return await self._store.finish(outbound, status, self._clock.now(), error)
            except StoreError as failure:
                self._report.note("a send waits for the store", level="error", error=str(failure), outbound=outbound.id)
                await asyncio.sleep(_LOOK_AGAIN / 1000)
