"""A table's rows as they are read: in batches of columns, so that each column is worked on at once, and no more than a
batch is ever held."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from wabot.analytics.export.moments import LocalClock
from wabot.analytics.export.pseudonyms import Pseudonyms
from wabot.analytics.export.tables import Column, Kind, Table, Veil
from wabot.store.sqlite.queries import Ask

ROWS: Final = 1_000
"""Of a batch."""
_ALWAYS: Final = 2**62

Batch = Sequence[Sequence[Any]]
"""Columns in the order of `Rows.columns`, each with as many cells; None is an empty cell of any kind."""


@dataclass(frozen=True, slots=True)
class Span:
    """From `since` on, before `until` (UTC milliseconds): the days `first` to `last`."""

    since: int = -_ALWAYS
    until: int = _ALWAYS
    first: date = date.min
    last: date = date.max

    def values(self) -> dict[str, Any]:
        """The parameters of the statements."""
        days = {"first": self.first.isoformat(), "last": self.last.isoformat()}
        return {"since": self.since, "until": self.until, **days}


EVERYTHING: Final = Span()


@dataclass(frozen=True, slots=True)
class Rows:
    """What a format writes. `batches` can be gone through once."""

    table: Table
    columns: tuple[Column, ...]
    clock: LocalClock
    batches: Iterable[Batch]

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]


def count_rows(ask: Ask, table: Table, span: Span) -> int:
    """How many rows `read_rows` will read."""
    return int(ask(table.count_statement, **span.values()).fetchone()["number"])


def read_rows(
    ask: Ask,
    table: Table,
    span: Span,
    clock: LocalClock,
    pseudonyms: Pseudonyms | None = None,
    told: Callable[[int], None] = lambda _done: None,
) -> Rows:
    """The rows of `table` in `span`, with `pseudonyms` in an anonymous form. `told` hears how many are done."""
    wanted = [
        (place, column)
        for place, column in enumerate(table.columns)
        if pseudonyms is None or column.veil is not Veil.drop
    ]

    def batches() -> Iterator[Batch]:
        cursor = ask(table.statement, **span.values())
        cursor.row_factory = None  # plain tuples
        done = 0
        while rows := cursor.fetchmany(ROWS):
            stored = tuple(zip(*rows, strict=True))
            yield [_cells(stored[place], column, clock, pseudonyms) for place, column in wanted]
            done += len(rows)
            told(done)

    return Rows(table, tuple(column for _, column in wanted), clock, batches())


def _cells(stored: Sequence[Any], column: Column, clock: LocalClock, pseudonyms: Pseudonyms | None) -> Sequence[Any]:
    if pseudonyms is not None and column.veil is not Veil.keep:
        return pseudonyms.of(column.veil, stored)
    match column.kind:
        case Kind.flag:
            return [None if cell is None else bool(cell) for cell in stored]
        case Kind.words:
            return [[str(word) for word in json.loads(cell)] for cell in stored]
        case Kind.local_day:
            return clock.days(stored)
        case Kind.local_hour:
            return clock.hours(stored)
        case _:
            return stored
