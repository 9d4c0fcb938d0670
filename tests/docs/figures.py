"""The SQL of docs/analytics.md, run on a store, beside the sums of the same days."""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, NamedTuple

from wabot.store.sqlite.opening import NAME

PAGE = Path(__file__).parents[2] / "docs" / "analytics.md"
_BLOCKS = re.findall(r"^```sql\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
DEFINITIONS = [block for block in _BLOCKS if block.startswith("CREATE TEMP ")]
SELECTS = [block for block in _BLOCKS if not block.startswith("CREATE TEMP ")]
_EPOCH = date(1970, 1, 1)
_BY_DAY = {"cs_online_count", "cs_at_work_count", "cs_utilization_rate"}
"""What is of a day, or of an hour."""
_ONCE = {
    "total_conversations": "FROM analytics_hours WHERE from_customer + from_people + from_rules + from_system > 0",
    "active_conversations": "FROM analytics_hours WHERE from_customer > 0",
    "unique_customers": "FROM analytics_hours WHERE from_customer > 0",
}
"""What counts once in a period, and the chats' shares by which it does."""
_KEYS = ("date", "hour", "rule_id", "reason", "operator")


class Span(NamedTuple):
    """Days, both included; of one day, perhaps an hour."""

    first: date
    last: date
    hour: int | None = None


class Stored:
    """What is stored of a shop, and what was counted of it."""

    def __init__(self, connection: sqlite3.Connection, zone: tzinfo) -> None:
        self.connection = connection
        shown = datetime(2026, 1, 1, tzinfo=zone).utcoffset()
        assert shown is not None
        self._offset = int(shown.total_seconds() * 1000)

    def rows(self, statement: str, **values: Any) -> list[dict[str, Any]]:
        return [dict(row) for row in self.connection.execute(statement, values)]

    def days(self) -> list[date]:
        found = self.rows("SELECT date FROM chat_analytics WHERE hour IS NULL ORDER BY date")
        return [date.fromisoformat(row["date"]) for row in found]

    def hours(self) -> list[Span]:
        found = self.rows("SELECT date, hour FROM chat_analytics WHERE hour IS NOT NULL ORDER BY date, hour")
        return [Span(day, day, row["hour"]) for row in found for day in [date.fromisoformat(row["date"])]]

    def by_page(self, select: str, span: Span) -> list[dict[str, Any]]:
        """What the page's statement says of the span."""
        since, until = self._moment(span.first), self._moment(span.last + timedelta(1))
        if span.hour is not None:
            since += span.hour * 3_600_000
            until = since + 3_600_000
        return self.rows(select, since=since, until=until, offset=self._offset)

    def by_sums(self, columns: Sequence[str], span: Span) -> list[dict[str, Any]]:
        """What is kept of it under the names of the columns."""
        days = {"first": span.first.isoformat(), "last": span.last.isoformat()}
        if "date" in columns:
            return self.rows(
                "SELECT * FROM chat_analytics WHERE hour IS NOT NULL AND date BETWEEN :first AND :last", **days
            )
        if "rule_id" in columns:
            return self._summed("rule_analytics", ("rule_id", "reason"), days)
        if "operator" in columns:
            people = self._summed("operator_analytics", ("operator",), days)
            return people if span.first == span.last else self._with_chats(people, span)
        of_hour = "hour IS NULL" if span.hour is None else f"hour = {span.hour}"
        (found,) = self._summed("chat_analytics", (), days, f"AND {of_hour}")
        if span.first != span.last:
            found |= {name: self._chats(shares, span) for name, shares in _ONCE.items()}
        return [self._with_averages(found)]

    def _chats(self, shares: str, span: Span, **values: Any) -> int:
        hours = [((day - _EPOCH).days + more) * 24 for day, more in ((span.first, 0), (span.last, 1))]
        statement = f"SELECT COUNT(DISTINCT conversation_id) {shares} AND hour >= {hours[0]} AND hour < {hours[1]}"
        return int(self.connection.execute(statement, values).fetchone()[0])

    def _with_chats(self, people: list[dict[str, Any]], span: Span) -> list[dict[str, Any]]:
        shares = "FROM analytics_people WHERE messages > 0 AND operator = :operator"
        return [{**one, "chats": self._chats(shares, span, operator=one["operator"])} for one in people]

    def _summed(self, table: str, keys: Sequence[str], days: dict[str, str], only: str = "") -> list[dict[str, Any]]:
        names = [row["name"] for row in self.rows(f"PRAGMA table_info({table})")]
        sums = [
            f"{'MAX' if name == 'last_at' else 'SUM'}({name}) AS {name}"
            for name in names
            if name not in ("tenant_id", "date", "hour", *keys)
        ]
        grouped = f"GROUP BY {', '.join(keys)}" if keys else ""
        return self.rows(
            f"SELECT {', '.join([*keys, *sums])} FROM {table} WHERE date BETWEEN :first AND :last {only} {grouped}",
            **days,
        )

    def _with_averages(self, sums: dict[str, Any]) -> dict[str, Any]:
        """And what chat_analytics itself makes of them."""
        table = self.rows("SELECT sql FROM sqlite_schema WHERE name = 'chat_analytics'")[0]["sql"]
        with closing(sqlite3.connect(":memory:")) as apart:
            apart.row_factory = sqlite3.Row
            apart.execute(table)
            apart.execute(
                f"INSERT INTO chat_analytics (tenant_id, date, {', '.join(sums)})"
                f" VALUES ('', '', {', '.join('?' * len(sums))})",
                [value or 0 for value in sums.values()],
            )
            found = dict(apart.execute("SELECT * FROM chat_analytics").fetchone())
        ours = sum(found[f"messages_{who}"] for who in ("from_cs", "auto_reply", "system", "failed"))
        found["delivered_percent"] = 100 * found["messages_delivered"] / ours if ours else None
        begun = found["new_conversations"]
        found["bot_only_percent"] = 100 * found["bot_only_conversations"] / begun if begun else None
        return found

    def _moment(self, day: date) -> int:
        return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000) - self._offset


@contextmanager
def stored(folder: Path, zone: tzinfo) -> Iterator[Stored]:
    """The store in `folder` (`data/<tenant>`), with the page's definitions."""
    with closing(sqlite3.connect(f"file:{folder / NAME}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        connection.executescript("".join(DEFINITIONS))
        yield Stored(connection, zone)


def columns_of(connection: sqlite3.Connection, select: str) -> list[str]:
    found = connection.execute(select, {"since": 0, "until": 0, "offset": 0})
    return [name for name, *_ in found.description]


def differences(shop: Stored, span: Span) -> list[str]:
    """What the page and the sums do not agree on."""
    found = []
    for select in SELECTS:
        columns = columns_of(shop.connection, select)
        if span.hour is not None and ("rule_id" in columns or "operator" in columns or "date" in columns):
            continue  # summed by day, or shown by hour already
        figures = [name for name in columns if name not in _KEYS]
        if span.first != span.last and "date" not in columns:
            figures = [name for name in figures if name not in _BY_DAY]
        page, sums = (
            {
                tuple(row[key] for key in _KEYS if key in columns): values
                for row in rows
                if any(values := [round(row[name] or 0, 6) for name in figures])
            }
            for rows in (shop.by_page(select, span), shop.by_sums(columns, span))
        )
        found += [
            f"{span}: {key or ''} {figures} are {page.get(key)} by the page and {sums.get(key)} in the sums"
            for key in sorted({*page, *sums})
            if page.get(key) != sums.get(key)
        ]
    return found
