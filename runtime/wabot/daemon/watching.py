"""What watches beside the supervisor: the overview of its tenants, its own alerts, and what others may ask."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

from wabot.daemon.listening import Page, Pages, is_loopback, plain, readiness, serve
from wabot.daemon.logs import LogReport
from wabot.daemon.overview import Overview
from wabot.daemon.settings import Settings
from wabot.daemon.settings.signing import webhook
from wabot.daemon.structured import structlog
from wabot.model.alert import Alert
from wabot.model.errors import StoreError
from wabot.ports import Clock
from wabot.session.clock import RealClock
from wabot.session.deliverer import Deliverer
from wabot.session.forever import forever
from wabot.session.webhook import Webhook
from wabot.store.sqlite import NodeStore, open_node_store

_COUNT: Final = 15.0
"""Seconds between counts of the node's own alerts."""


@asynccontextmanager
async def watching(settings: Settings, data: Path, tenants: Sequence[str]) -> AsyncIterator[Overview]:
    """Watch until the block ends. A file of alerts that cannot be used is said, and stops nobody.

    Raises:
        UsageError: nobody can listen at the address that the settings name.
    """
    clock = RealClock()
    log: Any = structlog.get_logger()
    async with AsyncExitStack() as stack:
        node: _NodeAlerts | None = None
        try:
            store = open_node_store(data)
        except StoreError as error:
            log.error("alerts about sessions are not kept", error=str(error))
        else:
            node = _NodeAlerts(store, webhook(settings), clock)
            stack.push_async_callback(node.close)
        overview = Overview(tenants, clock, node.raise_alert if node is not None else lambda _alert, _about: None)
        if settings.listen:
            server, address = await serve(settings.listen, _pages(overview, clock, node))
            stack.push_async_callback(_close, server)
            log.info("listening", address=address, pages="/healthz /readyz /metrics")
            if not is_loopback(address):
                log.warning("whoever reaches this address reads states and figures; 127.0.0.1 is this machine's alone")
        yield overview


def _pages(overview: Overview, clock: Clock, node: "_NodeAlerts | None") -> Pages:
    from wabot.daemon.metrics import CONTENT_TYPE, Metrics

    metrics = Metrics(overview, clock, lambda: {} if node is None else node.counted)
    return {
        "/healthz": lambda: plain(200, "ok"),
        "/readyz": lambda: readiness(overview),
        "/metrics": lambda: Page(200, CONTENT_TYPE, metrics.text()),
    }


async def _close(server: asyncio.Server) -> None:
    server.close()
    with suppress(TimeoutError):
        await asyncio.wait_for(server.wait_closed(), 1)


class _NodeAlerts:
    """The supervisor's own alerts, in data/node.db, and their delivery."""

    def __init__(self, store: NodeStore, hook: Webhook | None, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._log: Any = structlog.get_logger()
        self._raising: set[asyncio.Task[None]] = set()
        self.counted: Mapping[tuple[str, str], int] = {}
        report = LogReport("")
        self._deliverer = Deliverer(store.alerts, hook, clock, report)
        self._running = [
            asyncio.create_task(self._deliverer.run()),
            asyncio.create_task(forever(self._count, report.note, "counting alerts")),
        ]

    def raise_alert(self, alert: Alert, about: str) -> None:
        task = asyncio.create_task(self._raise(alert, about))
        self._raising.add(task)
        task.add_done_callback(self._raising.discard)

    async def _raise(self, alert: Alert, about: str) -> None:
        try:
            await self._store.alerts.add(alert, self._clock.now(), about)
            self.counted = await self._store.alerts.counted(self._clock.now())
        except StoreError as error:
            self._log.error("an alert could not be kept", tenant=about, kind=alert.kind, error=str(error))

    async def _count(self) -> None:
        while True:
            with suppress(StoreError):
                self.counted = await self._store.alerts.counted(self._clock.now())
            await asyncio.sleep(_COUNT)

    async def close(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, *self._raising, return_exceptions=True)
        await self._deliverer.last()
        await self._store.close()
