"""Alerts: a tenant's own, raised in the transaction of what they tell of, or the node's, in `data/node.db`."""

import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from wabot.model.alert import Alert, StoredAlert
from wabot.model.backlog import Backlog
from wabot.model.errors import StoreError
from wabot.model.ids import uuid7
from wabot.store.sqlite.opening import NODE, open_for_reading, open_node, plainly
from wabot.store.sqlite.queries import Ask, asker
from wabot.store.sqlite.undelivered import undelivered
from wabot.store.sqlite.writer import Writer

_SAME: Final = 600_000
"""Milliseconds within which the same alert is one."""
_LASTS: Final = 86_400_000
"""Milliseconds for which delivery is tried."""
_KEPT: Final = 90 * 86_400_000
"""Milliseconds for which an alert that is over can be looked up."""
_LOOK: Final = 60_000
"""Milliseconds between looks for replies that reached nobody."""

Run = Callable[[Callable[[], Any]], Awaitable[Any]]
"""Runs work on the store's own thread, in a transaction that is durable on return."""


def raise_alert(ask: Ask, alert: Alert, at: int, about: str = "") -> None:
    """Keep an alert, or count it when the same was raised just now. Within the caller's transaction. It is about the
    tenant of the store; in the node's, about the tenant `about`."""
    if not ask("alert_again", about=about, kind=alert.kind, text=alert.text, since=at - _SAME).rowcount:
        ask("alert_add", id=uuid7(at), about=about, kind=alert.kind, text=alert.text, at=at)


class Alerts:
    """`wabot.ports.Alerts`. Bound to one tenant, or ("") to the node."""

    def __init__(self, run: Run, ask: Ask) -> None:
        self._run, self._ask = run, ask
        self._undelivered, self._looked = 0, 0

    async def add(self, alert: Alert, at: int, about: str = "") -> None:
        await self._run(lambda: raise_alert(self._ask, alert, at, about))

    async def due(self, now: int, most: int) -> list[StoredAlert]:
        return list(await self._run(lambda: [_alert(row) for row in self._ask("alerts_due", now=now, most=most)]))

    async def begin(self, alert: str, now: int, again: int) -> StoredAlert | None:
        row = await self._run(lambda: self._ask("alert_try", id=alert, now=now, due=again).fetchone())
        return None if row is None else _alert(row)

    async def failed(self, alert: str, error: str) -> None:
        await self._run(lambda: self._ask("alert_failed", id=alert, error=error).rowcount)

    async def delivered(self, alert: str, at: int) -> None:
        await self._run(lambda: self._ask("alert_delivered", id=alert, at=at).rowcount)

    async def give_up(self, now: int, error: str) -> list[StoredAlert]:
        def work() -> list[StoredAlert]:
            dead = [_alert(row) for row in self._ask("alerts_give_up", at=now, since=now - _LASTS, error=error)]
            self._ask("alerts_drop", since=now - _KEPT)
            return dead

        return list(await self._run(work))

    async def backlog(self, now: int) -> Backlog:
        row = await self._run(lambda: self._ask("backlog", since=now - _LASTS, now=now).fetchone())
        if abs(now - self._looked) >= _LOOK:
            self._undelivered, self._looked = len(await self._run(lambda: undelivered(self._ask, now))), now
        return replace(Backlog(*row), undelivered=self._undelivered)

    async def counted(self, now: int) -> Mapping[tuple[str, str], int]:
        """(tenant, status) → number, of what is open, or dead since a day ago."""
        rows = await self._run(lambda: self._ask("alerts_counted", since=now - _LASTS).fetchall())
        return {(row["tenant_id"], row["status"]): row["number"] for row in rows}


class NodeStore:
    """What belongs to no tenant: `data/node.db`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._writer = Writer(connection, "node")
        self.alerts = Alerts(self._work, asker(connection, ""))

    async def _work(self, work: Callable[[], Any]) -> Any:
        return await self._writer.run(lambda _connection: work())

    async def close(self) -> None:
        await self._writer.close()


def open_node_store(data: Path) -> NodeStore:
    """Open (and make) the node's store in the daemon's data folder.

    Raises:
        StoreError: it cannot be used; the text says what to do.
    """
    return NodeStore(open_node(data))


def read_alerts(folder: Path, tenant: str, since: int) -> list[StoredAlert]:
    """The alerts of `data/<tenant>`, or (tenant "") of the node in `data`, that are open, dead, or were delivered
    `since`; oldest first. Read beside a running daemon.

    Raises:
        StoreError: there is no store, or it cannot be read.
    """
    name = NODE if not tenant else None
    connection = open_for_reading(folder, name) if name else open_for_reading(folder)
    try:
        return [_alert(row) for row in asker(connection, tenant)("alerts_listed", since=since)]
    except sqlite3.Error as error:
        if "no such table: alerts" in str(error):  # a file that no process of this version has opened yet
            return []
        raise StoreError(plainly(folder / (name or "wabot.db"), error)) from error
    finally:
        connection.close()


def _alert(row: Any) -> StoredAlert:
    return StoredAlert(
        id=row["id"],
        tenant=row["tenant_id"],
        kind=row["kind"],
        text=row["text"],
        count=row["count"],
        raised=row["raised_at"],
        status=row["status"],
        attempts=row["attempts"],
        due=row["due_at"],
        ended=row["ended_at"],
        error=row["error"],
    )
