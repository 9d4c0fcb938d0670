"""What WhatsApp does not let a number do for now, remembered across restarts."""

from collections.abc import Awaitable, Callable
from typing import Any

from wabot.model.alert import Alert
from wabot.model.session import SessionState
from wabot.store.sqlite.alerting import raise_alert
from wabot.store.sqlite.queries import Ask

Run = Callable[[Callable[[], Any]], Awaitable[Any]]
"""Runs work on the store's own thread, in a transaction that is durable on return."""


class Restraints:
    """`wabot.ports.Restraints` in SQLite."""

    def __init__(self, run: Run, ask: Ask) -> None:
        self._run, self._ask = run, ask

    async def login(self, phone: str, now: int) -> SessionState | None:
        row = await self._run(lambda: self._ask("restraint_of_login", phone=phone, now=now).fetchone())
        return None if row is None else SessionState(row["status"], row["detail"], row["action"], row["until"])

    async def hold_login(self, phone: str, state: SessionState | None) -> None:
        if state is None:
            await self._run(lambda: self._ask("restraint_lift_login").rowcount)
        else:
            await self._run(lambda: self._set("login", phone, state))

    async def stop_first_contacts(self, phone: str, now: int, until: int, alert: Alert) -> bool:
        def work() -> bool:
            lasts = self._ask("restraint_of_first_contacts", now=now).fetchone() is not None
            if not lasts:
                self._set("first_contacts", phone, SessionState("connected", until=until))
                raise_alert(self._ask, alert, now)
            return not lasts

        stopped: bool = await self._run(work)
        return stopped

    async def hand_over(self, chat: str, at: int, alert: Alert) -> None:
        def work() -> None:
            self._ask("chat_needs_a_person", chat=chat, at=at)
            raise_alert(self._ask, alert, at)

        await self._run(work)

    def _set(self, kind: str, phone: str, state: SessionState) -> None:
        told = {"status": state.status, "detail": state.detail, "action": state.action, "until": state.until}
        self._ask("restraint_set", kind=kind, phone=phone, **told)
