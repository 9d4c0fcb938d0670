"""Webhooks, out of the feed and to their receivers: exactly once into the table, at least once to the receiver, each
under one id, tried for a day.

An attempt is counted before it begins. A process that dies between the receiver's answer and the note of it posts the
event again at its next attempt, with the same `webhook-id`: the receiver can tell. Every webhook has a worker of its
own, so that one that is slow keeps nobody waiting.
"""

import asyncio
import base64
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from sqlite3 import Row
from typing import Any, Final, NamedTuple

from wabot.api.hearing import on_word
from wabot.api.house import House
from wabot.api.outgoing import outside_of
from wabot.api.outside import Forbidden, Unreachable
from wabot.api.problems import Problem
from wabot.api.webhook_payload import payload
from wabot.model.errors import StoreError
from wabot.model.failure import place_of
from wabot.session.alarms import webhook_off
from wabot.session.deliverer import backoff
from wabot.session.forever import beside, forever
from wabot.session.webhook import signed
from wabot.store.sqlite import webhooks
from wabot.store.sqlite.alerting import raise_alert
from wabot.store.sqlite.opening import NAME
from wabot.store.sqlite.queries import Ask
from wabot.store.sqlite.reading import asking
from wabot.store.sqlite.webhooks import Webhook

PATIENCE: Final = 10.0
"""Seconds for one attempt, from the look for the receiver's address to its answer."""
_LOOK: Final = 1.0
"""Seconds between looks for what is due; whoever knows of something says so at once (`stir`)."""
_SEARCH: Final = 600.0
"""Seconds between looks at all tenants: a restored store may bring webhooks along."""
_AT_ONCE: Final = 64
"""Requests at a time of all tenants."""
_TIDY: Final = 3_600_000
DEAD_IN_A_ROW: Final = 20
"""Deliveries that a webhook did not take for a day each, with none in between that it took: then it is switched off."""
_GONE: Final = 410
_LONGEST_REST: Final = 300_000
"""Milliseconds for which a webhook that failed is left alone, at most, whatever is due."""


class Outcome(NamedTuple):
    """What became of an attempt: `code` is the status of the answer, None for none; `error` is "" for success, and
    holds neither URL nor address."""

    code: int | None
    error: str


class WebhookDelivery:
    """`house.parts["webhooks"]`: delivers for every tenant that has webhooks."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._tenants: set[str] = set()
        self._seen: dict[str, int] = {}
        self._due: dict[str, int] = {}
        self._tidied: dict[str, int] = {}
        self._rests: dict[str, tuple[int, int]] = {}
        """Webhook → how often it failed in a row, and until when it is left alone."""
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._stirred = asyncio.Event()

    def stir(self, tenant: str) -> None:
        """Something changed in the tenant's store: it may have its first webhook by now."""
        self._tenants.add(tenant)
        self._seen.pop(tenant, None)
        self._stirred.set()

    def heard(self, word: Mapping[str, Any]) -> None:
        """A session says that its store changed."""
        if word.get("tenant") in self._tenants:
            self._stirred.set()

    async def run(self) -> None:
        """Deliver until cancelled."""
        loop, searched = asyncio.get_running_loop(), -_SEARCH
        try:
            while True:
                self._stirred.clear()
                if loop.time() - searched >= _SEARCH:
                    self._tenants |= await asyncio.to_thread(self._search, list(self._house.tenants()))
                    searched = loop.time()
                await self.round()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stirred.wait(), _LOOK)
        finally:
            workers = list(self._workers.values())
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    async def settle(self) -> None:
        """Return when all that is due by now was tried."""
        for tenant in self._tenants:
            self._seen.pop(tenant, None)
        await self.round()
        while self._workers:
            await asyncio.wait(list(self._workers.values()))

    async def round(self) -> None:
        """Take over what is new in each tenant's feed, and have what is due delivered."""
        for tenant in sorted(self._tenants):
            try:
                await self._look(tenant)
            except Problem:  # the tenant is gone, or its store cannot be opened now
                self._tenants.discard(tenant)
            except StoreError as error:
                self._house.report.note("webhooks wait for the store", level="error", tenant=tenant, error=str(error))

    async def _look(self, tenant: str) -> None:
        desk, now = self._house.desk(tenant), self._house.clock.now()
        version = desk.version()
        if version == self._seen.get(tenant) and now < self._due.get(tenant, now + 1):
            return
        self._seen[tenant] = version
        while desk.read(webhooks.behind):
            await desk.write(partial(webhooks.fan_out, now=now), flushed=False, quiet=True)
        if not 0 <= now - self._tidied.get(tenant, -_TIDY) < _TIDY:
            self._tidied[tenant] = now
            while await desk.write(partial(webhooks.tidy, now=now, most=500), flushed=False, quiet=True) == 500:
                pass
        waiting = desk.read(webhooks.waiting)
        for hook, due in waiting.items():
            if max(due, self._rests.get(hook, (0, 0))[1]) <= now and hook not in self._workers:
                worker = self._workers[hook] = asyncio.create_task(self._work(tenant, hook))
                worker.add_done_callback(partial(self._worked, hook))
        later = (max(due, self._rests.get(hook, (0, 0))[1]) for hook, due in waiting.items())
        self._due[tenant] = min(later, default=now + _TIDY)

    def _worked(self, hook: str, _worker: asyncio.Task[None]) -> None:
        del self._workers[hook]

    async def _work(self, tenant: str, hook: str) -> None:
        """Deliver what is due to one webhook, until that is all, or it fails."""
        desk = self._house.desk(tenant)
        try:
            while ids := desk.read(lambda ask: webhooks.due(ask, hook, self._house.clock.now(), 20)):
                for id in ids:
                    outcome = await self.attempt(tenant, id)
                    if outcome is not None and outcome.error:
                        return
        except StoreError as error:
            self._house.report.note("webhooks wait for the store", level="error", tenant=tenant, error=str(error))
            self._rest(hook)
        except Exception as error:  # one event that cannot be posted must not stop the others for good
            self._house.report.note("a webhook fails", level="error", tenant=tenant, error=place_of(error))
            self._rest(hook)
        finally:
            self._seen.pop(tenant, None)

    async def attempt(self, tenant: str, id: str) -> Outcome | None:
        """Try one delivery that is due; None when it is not (any more)."""
        desk, now = self._house.desk(tenant), self._house.clock.now()

        def begin(ask: Ask) -> tuple[Webhook, Row] | None:
            known = ask("delivery_row", id=id).fetchone()
            again = now + backoff(1 if known is None else known["attempts"] + 1)
            row = ask("delivery_try", id=id, now=now, again=again).fetchone()
            hook = None if row is None else webhooks.find(ask, row["webhook_id"])
            return None if hook is None else (hook, row)

        begun = await desk.write(begin, flushed=False, quiet=True)
        if begun is None:
            return None
        hook, row = begun
        test = row["event"] == webhooks.TEST
        try:
            body = desk.read(lambda ask: payload(ask, tenant, hook, row))
        except Exception as error:  # a bug: it costs this event its attempts, and no other
            outcome = Outcome(None, f"a fault of wabot's ({place_of(error)})")
        else:
            async with self._slots:
                outcome = await self._post(hook, id, now, body)
        await desk.write(partial(self._note, hook=hook, id=id, outcome=outcome, test=test), flushed=False, quiet=True)
        if not outcome.error:
            self._rests.pop(hook.id, None)
        elif not test:
            self._rest(hook.id)
            self._house.report.note(
                "a webhook was not delivered", level="warning", tenant=tenant, webhook=hook.id, reason=outcome.error
            )
        return outcome

    async def _post(self, hook: Webhook, id: str, now: int, body: bytes) -> Outcome:
        headers = {"content-type": "application/json", **signed(map(key_of, hook.secrets(now)), id, now, body)}
        try:
            asking = outside_of(self._house).ask("POST", hook.url, headers=headers, content=body, seconds=PATIENCE)
            async with asking as answer:  # its body is not read: it may be endless
                if 200 <= answer.status < 300:
                    return Outcome(answer.status, "")
                return Outcome(answer.status, f"the receiver answered {answer.status}")
        except (Forbidden, Unreachable) as error:
            return Outcome(None, str(error))

    def _note(self, ask: Ask, hook: Webhook, id: str, outcome: Outcome, test: bool) -> None:
        at = self._house.clock.now()
        if not outcome.error:
            ask("delivery_delivered", id=id, at=at, code=outcome.code)
            ask("webhook_lives", id=hook.id)
            return
        failed = ask("delivery_failed", id=id, at=at, code=outcome.code, error=outcome.error).fetchone()
        if test:
            return
        why = "it says that it is gone (410)" if outcome.code == _GONE else ""
        if failed is not None and failed["status"] == "dead":
            dead = ask("webhook_dies", id=hook.id).fetchone()["dead_in_a_row"]
            if dead >= DEAD_IN_A_ROW:
                why = why or f"{dead} events in a row did not reach it within a day each"
        if why and (known := webhooks.find(ask, hook.id)) is not None and known.active:
            webhooks.switch(ask, hook.id, False, at, why)
            raise_alert(ask, webhook_off(hook.description or hook.id, why), at)

    def _rest(self, hook: str) -> None:
        failures = self._rests.get(hook, (0, 0))[0] + 1
        wait = min(1_000 * 2 ** min(failures, 20), _LONGEST_REST)
        self._rests[hook] = (failures, self._house.clock.now() + wait)

    def _search(self, tenants: list[str]) -> set[str]:
        """The tenants that have webhooks. In a thread: there may be a thousand."""
        return {tenant for tenant in tenants if self._has_webhooks(tenant)}

    def _has_webhooks(self, tenant: str) -> bool:
        folder = self._house.data / tenant
        if not (folder / NAME).is_file():
            return False
        # A store that cannot be read has none today.
        with suppress(Exception), asking(folder, tenant) as ask:
            return bool(webhooks.listed(ask))
        return False


def key_of(secret: str) -> bytes:
    """The bytes that a secret stands for: `whsec_` and base64."""
    return base64.b64decode(secret.removeprefix("whsec_"))


def delivery_of(house: House) -> WebhookDelivery:
    found: WebhookDelivery = house.parts["webhooks"]
    return found


@asynccontextmanager
async def webhooks_living(house: House) -> AsyncIterator[None]:
    """Webhooks are delivered within the block."""
    delivery = house.parts["webhooks"] = WebhookDelivery(house)
    on_word(house, "changed", delivery.heard)
    async with beside(forever(delivery.run, house.report.note, "delivering webhooks")):
        yield
