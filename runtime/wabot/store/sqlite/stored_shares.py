"""What is stored of the shares of a chat, made what was found: only rows that differ are written."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import Any, Final, NamedTuple

from wabot.store.sqlite.shares import HOUR_COLUMNS, PERSON_COLUMNS, RULE_COLUMNS, Episode, Shares

Rows = Mapping[tuple[Any, ...], tuple[Any, ...]]
EPISODE_COLUMNS: Final = tuple(field.name for field in fields(Episode))


class _Table(NamedTuple):
    """A table of shares: the index by which a chat's rows are found (or SQLite would go through all chats' hours), its
    keys beside tenant and chat, what it counts, and the hours that a row is counted in."""

    name: str
    found_by: str
    keys: tuple[str, ...]
    columns: tuple[str, ...]
    hours: Callable[[tuple[Any, ...], tuple[Any, ...]], Iterable[int | None]]


_BY_HOUR: Final = (
    _Table("analytics_hours", "INDEXED BY hours_of_conversation", ("hour",), HOUR_COLUMNS, lambda key, _row: key[:1]),
    _Table(
        "analytics_rules",
        "INDEXED BY rules_of_conversation",
        ("hour", "rule_id", "reason"),
        RULE_COLUMNS,
        lambda key, _row: key[:1],
    ),
    _Table(
        "analytics_people",
        "INDEXED BY people_of_conversation",
        ("hour", "operator"),
        PERSON_COLUMNS,
        lambda key, _row: key[:1],
    ),
)
_SETTLED: Final = EPISODE_COLUMNS.index("settled_hour") - 1
_EPISODES: Final = _Table(
    "analytics_episodes", "", ("began_at",), EPISODE_COLUMNS[1:], lambda _key, row: (row[0], row[_SETTLED])
)


def store(
    connection: sqlite3.Connection, tenant: str, conversation: str, made: Shares, least_hour: int, least_at: int
) -> set[int]:
    """Make the chat's rows of hours and beginnings from these on what was found; the days that this changes."""
    found: tuple[Rows, ...] = (
        {(hour,): tuple(share) for hour, share in made.hours.items()},
        {key: tuple(share) for key, share in made.rules.items()},
        {key: tuple(share) for key, share in made.people.items()},
    )
    whose, changed = (tenant, conversation), set[int]()
    for table, rows in zip(_BY_HOUR, found, strict=True):
        changed |= _replace(connection, table, whose, rows, least_hour)
    episodes = [tuple(getattr(one, name) for name in EPISODE_COLUMNS) for one in made.episodes]
    return changed | _replace(connection, _EPISODES, whose, {row[:1]: row[1:] for row in episodes}, least_at)


def _replace(
    connection: sqlite3.Connection, table: _Table, whose: tuple[str, str], found: Rows, least: int
) -> set[int]:
    names, keys = (*table.keys, *table.columns), len(table.keys)
    condition = "tenant_id = ? AND conversation_id = ?"
    stored = connection.execute(
        f"SELECT {', '.join(names)} FROM {table.name} {table.found_by} WHERE {condition} AND {table.keys[0]} >= ?",
        (*whose, least),
    )
    before = {tuple(row)[:keys]: tuple(row)[keys:] for row in stored}
    gone = [(key, row) for key, row in before.items() if key not in found]
    new = [(key, row) for key, row in found.items() if before.get(key) != row]
    if gone:
        which = " AND ".join(f"{name} = ?" for name in table.keys)
        connection.executemany(
            f"DELETE FROM {table.name} WHERE {condition} AND {which}", [(*whose, *key) for key, _row in gone]
        )
    if new:
        marks = ", ".join("?" * (len(names) + 2))
        connection.executemany(
            f"INSERT OR REPLACE INTO {table.name} (tenant_id, conversation_id, {', '.join(names)}) VALUES ({marks})",
            [(*whose, *key, *row) for key, row in new],
        )
    differing = [*gone, *new, *((key, before[key]) for key, _row in new if key in before)]
    return {hour // 24 for key, row in differing for hour in table.hours(key, row) if hour is not None}
