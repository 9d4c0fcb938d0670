"""A store with the sums of a shop's days in it, as the aggregator leaves them."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from tests.blank import lay
from wabot.store.sqlite.opening import open_file
from wabot.store.sqlite.queries import Ask
from wabot.store.sqlite.reading import asking

_EPOCH = date(1970, 1, 1).toordinal()


class Sums:
    """Writes rows of a tenant's aggregates."""

    def __init__(self, connection: sqlite3.Connection, tenant: str) -> None:
        self._connection, self._tenant = connection, tenant

    def put(self, table: str, **row: Any) -> None:
        row = {"tenant_id": self._tenant, **row}
        names, values = ", ".join(row), ", ".join(f":{name}" for name in row)
        self._connection.execute(f"INSERT INTO {table} ({names}) VALUES ({values})", row)

    def state(self, zone: str = "Asia/Jakarta", at: int = 1_769_569_200_000) -> None:
        self.put("analytics_state", zone=zone, aggregated_at=at)

    def day(self, day: str, **columns: int) -> None:
        self.put("chat_analytics", date=day, hour=None, **columns)

    def hour(self, day: str, hour: int, **columns: int) -> None:
        self.put("chat_analytics", date=day, hour=hour, **columns)

    def chat(self, day: str, hour: int, chat: str, **columns: int) -> None:
        """One chat's share of an hour."""
        self.put("analytics_hours", hour=hour_number(day, hour), conversation_id=chat, **columns)

    def rows(self, table: str, rows: Iterator[Mapping[str, Any]] | list[Mapping[str, Any]]) -> None:
        for row in rows:
            self.put(table, **row)


def hour_number(day: str, hour: int) -> int:
    """The hours of the shop's clock from 1970 until that one."""
    return (date.fromisoformat(day).toordinal() - _EPOCH) * 24 + hour


@contextmanager
def summing(folder: Path, tenant: str = "warung") -> Iterator[Sums]:
    """Write sums into the tenant's store in `folder`, which is made where there is none."""
    with closing(open_file(lay(folder))) as connection:
        connection.execute("BEGIN")
        yield Sums(connection, tenant)
        connection.execute("COMMIT")


@contextmanager
def asked(folder: Path, tenant: str = "warung") -> Iterator[Ask]:
    with asking(folder, tenant) as ask:
        yield ask
