"""What WhatsApp does not let a number do, and what a session then does not even try."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from wabot.model.alert import Alert
from wabot.model.session import SessionState
from wabot.model.turn import Outbound
from wabot.ports import Clock, Store
from wabot.session.alarms import first_contacts_stopped, waits_for_a_person
from wabot.session.insisting import insist
from wabot.session.report import Report

STOPPED_FOR: Final = 86_400_000
"""Milliseconds for which nobody new is answered after WhatsApp refused a message: WhatsApp does not say how long it
will. Then one message is tried again; if that is refused, another day."""
_LOOK: Final = 60.0
"""Seconds between looks at the clock, which may be set meanwhile."""


class Restraints:
    """One session's. `own` is the tenant's number, for whose sake things are refused."""

    def __init__(self, store: Store, clock: Clock, report: Report, own: Callable[[], str]) -> None:
        self._store, self._clock, self._report, self._own = store, clock, report, own

    async def noted(self, state: SessionState) -> None:
        """Remember a ban or a restriction, so that a session that starts meanwhile does not knock either."""
        if state.until and state.status in ("banned", "restricted"):
            await insist(
                lambda: self._store.restraints.hold_login(self._own(), state), self._report, "the session's state"
            )

    async def wait_out(
        self, tell: Callable[[SessionState], Awaitable[None]], pause: Callable[[float], Awaitable[bool]]
    ) -> None:
        """Return once nothing forbids a login. `tell` says what does; `pause` sleeps so many seconds, and is False when
        the session shall stop."""
        held = await insist(
            lambda: self._store.restraints.login(self._own(), self._clock.now()), self._report, "the session"
        )
        if held is None:
            return
        await tell(held)
        while (left := held.until - self._clock.now()) > 0 and await pause(min(left / 1000, _LOOK)):
            pass

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
