"""What WhatsApp does not let a number do, and what a session then does not even try."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from wabot.model.alert import Alert
from wabot.model.session import SessionState
from wabot.model.turn import Outbound
from wabot.ports import Clock, Hastened, Store
from wabot.session.alarms import first_contacts_stopped, waits_for_a_person
from wabot.session.insisting import insist
from wabot.session.report import Report

STOPPED_FOR: Final = 86_400_000
"""Milliseconds for which nobody new is answered after WhatsApp refused a message: WhatsApp does not say how long it
will. Then one message is tried again; if that is refused, another day."""
_LOOK: Final = 2.0
"""Seconds between looks at the clock, which may be set meanwhile, and for a person who lifted what forbids a login."""


class Restraints:
    """One session's. `own` is the tenant's number, for whose sake things are refused."""

    def __init__(self, store: Store, clock: Clock, report: Report, own: Callable[[], str]) -> None:
        self._store, self._clock, self._report, self._own = store, clock, report, own
        self._waits = False
        self._told: SessionState | None = None

    async def noted(self, state: SessionState) -> None:
        """Remember a ban or a restriction, so that a session that starts meanwhile does not knock either. Whoever has
        logged in has none any more."""
        held = state if state.until and state.status in ("banned", "restricted") else None
        if held is not None and held == self._told:  # read there: a person may have lifted it since
            return
        if held or state.status == "connected":
            own, hold = self._own(), self._store.restraints.hold_login
            await insist(lambda: hold(own, held), self._report, "the session's state")
            self._waits = held is not None

    async def hasten(self, channel: Hastened) -> None:
        """Have the channel try at once, until cancelled, whenever a person lifted what it waits out."""
        while True:
            await asyncio.sleep(_LOOK)
            if self._waits and await self._held() is None:
                self._waits = False
                channel.try_now()

    async def wait_out(
        self, tell: Callable[[SessionState], Awaitable[None]], pause: Callable[[float], Awaitable[bool]]
    ) -> None:
        """Return once nothing forbids a login. `tell` says what does; `pause` sleeps so many seconds, and is False when
        the session shall stop."""
        while (held := await self._held()) is not None:
            if self._told != held:
                self._told = held
                await tell(held)
            if not await pause(min((held.until - self._clock.now()) / 1000, _LOOK)):
                return
        self._told = None

    async def _held(self) -> SessionState | None:
        own, now = self._own(), self._clock.now()
        return await insist(lambda: self._store.restraints.login(own, now), self._report, "the session")

    async def refused(self, outbound: Outbound) -> None:
        """WhatsApp refused a message because this number may not start chats: answer nobody new for a day."""
        now = self._clock.now()
        until = now + STOPPED_FOR
        stop = partial(
            self._store.restraints.stop_first_contacts, self._own(), now, until, first_contacts_stopped(until)
        )
        if await insist(stop, self._report, "a restriction"):
            self._report.note("WhatsApp restricts this number: nobody new is answered for a day", level="warning")
        await self.hand_over(outbound, waits_for_a_person(outbound.chat))

    async def hand_over(self, outbound: Outbound, alert: Alert) -> None:
        """The bot may not or cannot answer in this chat: a person must."""
        at = self._clock.now()
        await insist(partial(self._store.restraints.hand_over, outbound.chat, at, alert), self._report, "a restriction")
