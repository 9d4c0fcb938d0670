"""Alerts, out of the table and to the webhook: at least once each, under one id, for up to a day.

An attempt is counted before it begins. A process that dies between the webhook's answer and the note of it posts the
alert again at the next attempt, with the same `webhook-id`: the receiver can tell.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from wabot.model.errors import StoreError
from wabot.model.failure import place_of
from wabot.ports import Alerts, Clock
from wabot.session.clock import RealClock
from wabot.session.forever import beside
from wabot.session.report import Report
from wabot.session.webhook import NotDelivered, Webhook

_LOOK: Final = 2.0
"""Seconds between looks for alerts that are due."""
_FIRST: Final = 2_000
_LONGEST: Final = 3_600_000
"""Milliseconds until the second attempt, and at most between two."""
_AT_ONCE: Final = 20
_TIDY: Final = 600_000
"""Milliseconds between looks for alerts that nobody could be told for a day."""
LAST: Final = 3.0
"""Seconds for what is due when the process ends; the rest is taken up at its next start."""


class Deliverer:
    """Delivers one table's alerts. Without a webhook they stay open until they are a day old: `wabot alerts` shows
    them."""

    def __init__(self, alerts: Alerts, webhook: Webhook | None, clock: Clock, report: Report) -> None:
        self._alerts, self._webhook, self._clock, self._report = alerts, webhook, clock, report
        self._tidied = 0

    async def run(self) -> None:
        """Deliver until cancelled. A store that fails is tried again: whoever else uses it says so."""
        while True:
            try:
                await self.round()
            except StoreError:
                pass
            except Exception as error:  # an alert that cannot be posted must not cost the session its life
                self._report.note("alerts cannot be delivered", level="error", error=place_of(error))
            await asyncio.sleep(_LOOK if self._webhook is not None else _TIDY / 1000)

    async def last(self) -> None:
        """Deliver what is due before the process ends, if that is quick."""
        try:
            await asyncio.wait_for(self.round(), LAST)
        except (TimeoutError, StoreError):
            return

    async def round(self) -> None:
        """Give up what is too old, and try each alert that is due, until one cannot be delivered.

        Raises:
            StoreError: the table cannot be read or written.
        """
        await self._tidy()
        if self._webhook is None:
            return
        for due in await self._alerts.due(self._clock.now(), _AT_ONCE):
            now = self._clock.now()
            alert = await self._alerts.begin(due.id, now, now + backoff(due.attempts + 1))
            if alert is None:
                continue
            try:
                status = await self._webhook.post(alert, now)
            except NotDelivered as error:
                self._report.note("an alert was not delivered", level="warning", alert=alert.id, reason=str(error))
                await self._alerts.failed(alert.id, str(error))
                return
            await self._alerts.delivered(alert.id, self._clock.now())
            self._report.note("an alert was delivered", alert=alert.id, kind=alert.kind, status=status)

    async def _tidy(self) -> None:
        now = self._clock.now()
        if now - self._tidied < _TIDY:
            return
        why = "no webhook is configured" if self._webhook is None else "it was never tried"
        for alert in await self._alerts.give_up(now, why):
            if self._webhook is not None:
                self._report.note("an alert reached nobody", level="error", alert=alert.id, reason=alert.error)
        self._tidied = now


def backoff(attempt: int) -> int:
    """Milliseconds until an alert is tried again; `attempt` counts from 1. With jitter: the processes of many tenants
    share one webhook."""
    wait = min(_FIRST * 4 ** min(attempt - 1, 10), _LONGEST)
    return int(wait * random.uniform(0.8, 1.2))


@asynccontextmanager
async def delivering(alerts: Alerts, webhook: Webhook | None, report: Report) -> AsyncIterator[None]:
    """Deliver within the block, and at its end what is due then."""
    deliverer = Deliverer(alerts, webhook, RealClock(), report)
    try:
        async with beside(deliverer.run()):
            yield
    finally:
        await deliverer.last()
