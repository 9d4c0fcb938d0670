"""Looking up a customer's orders before their message is decided. The shop's answer is waited for only so long: a
decision goes by what was known before rather than being late.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final, Protocol

from wabot.language.orders import OrdersLookup
from wabot.language.rule_set import Tenant
from wabot.model.errors import StoreError, WabotError
from wabot.model.failure import place_of
from wabot.model.message import EVENT_TYPES, Message
from wabot.model.orders import OrderSummary
from wabot.ports import Clock, Store
from wabot.session.handoff import own_number
from wabot.session.report import Report

WAIT: Final = 1.0
"""Seconds that a message waits for an answer at most; one that comes later counts for the next message."""
MOST_BYTES: Final = 65_536
_AT_ONCE: Final = 8
_FAILURES: Final = 3
"""So many in a row, and nobody is asked for a while."""
_FIRST: Final = 30.0
_LONGEST: Final = 600.0
"""Seconds for which nobody is asked, doubled each time up to that."""
_MOST_ORDERS: Final = 1_000_000
_MOST_SPENT: Final = 10**13
NOTHING: Final = 404
"""The answer's status that says: there are no orders of this number."""


class LookupFailed(WabotError):
    """There was no answer, or none that says anything. The text holds neither URL nor number nor secret."""


class AskShop(Protocol):
    """Asks the shop's own system."""

    async def __call__(self, url: str, headers: Mapping[str, str], seconds: float, most: int) -> tuple[int, bytes]:
        """Status and body of the answer, which must have at most so many bytes.

        Raises:
            LookupFailed: there was none in time, or it was longer.
        """


class Orders:
    """One session's lookups. `secret` is what the tenant's header bears; without `ask`, nobody is asked."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        tenant: Callable[[], Tenant],
        report: Report,
        ask: AskShop | None,
        secret: str = "",
    ) -> None:
        self._store, self._clock, self._tenant, self._report = store, clock, tenant, report
        self._ask, self._secret = ask, secret
        self._running: dict[str, asyncio.Task[None]] = {}
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._url = ""
        self._failures = 0
        self._rests_until = 0.0

    async def before(self, message: Message) -> None:
        """Return when the orders of whoever wrote are known, or `WAIT` is over, or they cannot be known. Nothing is
        raised."""
        tenant = self._tenant()
        lookup = tenant.orders
        if self._ask is None or lookup is None or not _asks(message) or own_number(tenant, message):
            return
        try:
            phone, fetched = await self._store.orders.looked_up(message)
        except StoreError:  # whoever decides says so
            return
        if not phone or (fetched is not None and 0 <= self._clock.now() - fetched < lookup.cache):
            return
        if lookup.url != self._url:
            self._url, self._failures, self._rests_until = lookup.url, 0, 0.0
        task = self._running.get(phone)
        if task is None:
            if self._resting():
                return
            task = self._running[phone] = asyncio.create_task(self._look_up(self._ask, lookup, phone))
            task.add_done_callback(lambda _task: self._running.pop(phone, None))
        await asyncio.wait({task}, timeout=WAIT)

    async def stop(self) -> None:
        """End what is under way."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _look_up(self, ask: AskShop, lookup: OrdersLookup, phone: str) -> None:
        headers = {"accept": "application/json"}
        if self._secret:
            headers[lookup.header] = self._secret
        try:
            async with self._places:
                if self._resting():  # the others have failed meanwhile
                    return
                url = lookup.url.replace("{phone}", phone)
                status, body = await ask(url, headers, lookup.timeout / 1000, MOST_BYTES)
            await self._store.orders.keep(phone, read_summary(status, body), self._clock.now())
        except LookupFailed as error:
            self._failed(str(error))
        except StoreError:
            return
        except Exception as error:  # a bug: it must cost no message its answer
            self._failed(f"a bug in wabot ({place_of(error)})")
        else:
            if self._failures >= _FAILURES:
                self._report.note("orders are looked up again")
            self._failures = 0

    def _failed(self, reason: str) -> None:
        self._failures += 1
        if self._failures < _FAILURES:
            return
        rest = min(_FIRST * 2 ** min(self._failures - _FAILURES, 10), _LONGEST)
        self._rests_until = asyncio.get_running_loop().time() + rest
        self._report.note(
            "orders cannot be looked up: what was known before counts",
            level="warning",
            reason=reason,
            again=f"in {rest:g} s",
        )

    def _resting(self) -> bool:
        return asyncio.get_running_loop().time() < self._rests_until


def _asks(message: Message) -> bool:
    return not message.from_me and message.chat_kind == "direct" and message.type not in EVENT_TYPES


def read_summary(status: int, body: bytes) -> OrderSummary:
    """What an answer says: `{"totalOrders": 3, "totalSpent": 150000, "lastOrderAt": "2026-01-05T10:00:00+07:00"}`, of
    which only the first is needed.

    Raises:
        LookupFailed: it says no such thing.
    """
    if status == NOTHING:
        return OrderSummary(0)
    if status != 200:
        raise LookupFailed(f"the answer was {status}")
    try:
        said = json.loads(body, parse_constant=_no_number)
        if not isinstance(said, dict):
            raise ValueError("no object")
        spent, last = said.get("totalSpent") or 0, said.get("lastOrderAt")
        return OrderSummary(
            int(_number(said.get("totalOrders"), _MOST_ORDERS, whole=True)),
            round(_number(spent, _MOST_SPENT) * 100),
            None if last is None else _moment(last),
        )
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise LookupFailed("the answer is no summary of orders") from error


def _number(said: Any, most: int, *, whole: bool = False) -> int | float:
    if isinstance(said, bool) or not isinstance(said, int if whole else int | float) or not 0 <= said <= most:
        raise ValueError("no such number")
    return said


def _moment(said: Any) -> int:
    at = datetime.fromisoformat(said)
    if at.tzinfo is None:
        raise ValueError("no time zone")
    return round(at.timestamp() * 1000)


def _no_number(said: str) -> None:
    raise ValueError(said)
