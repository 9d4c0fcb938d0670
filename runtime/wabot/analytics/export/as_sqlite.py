"""A database of SQLite with one table, named as what was exported."""

import errno
import json
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from wabot.analytics.export.moments import LocalClock
from wabot.analytics.export.rows import Rows
from wabot.analytics.export.tables import Kind

_TYPES: Final = {Kind.number: "INTEGER", Kind.local_hour: "INTEGER", Kind.flag: "INTEGER", Kind.real: "REAL"}


def write_sqlite(rows: Rows, path: Path) -> list[str]:
    """Write them all to the file at `path`, which is new and empty.

    Raises:
        OSError: the disk is full.
    """
    kinds = [column.kind for column in rows.columns]
    columns = ", ".join(f'"{column.name}" {_TYPES.get(column.kind, "TEXT")}' for column in rows.columns)
    insert = f'INSERT INTO "{rows.table.name}" VALUES ({", ".join("?" for _ in kinds)})'
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        # Nobody else reads the file before it is whole, and whoever made it throws half of one away.
        _write(database, "PRAGMA journal_mode = OFF")
        _write(database, "PRAGMA synchronous = OFF")
        _write(database, "BEGIN")
        _write(database, f'CREATE TABLE "{rows.table.name}" ({columns})')
        for batch in rows.batches:
            shown = [_shown(cells, kind, rows.clock) for cells, kind in zip(batch, kinds, strict=True)]
            _write(database, insert, list(zip(*shown, strict=True)))
        _write(database, "COMMIT")
    return []


def _write(database: sqlite3.Connection, statement: str, many: Sequence[Sequence[Any]] | None = None) -> None:
    """Only what the new file says is translated: an error of the store that is read passes as it is."""
    try:
        if many is None:
            database.execute(statement)
        else:
            database.executemany(statement, many)
    except sqlite3.Error as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
        raise OSError(errno.EIO, str(error)) from error


def _shown(cells: Sequence[Any], kind: Kind, clock: LocalClock) -> Sequence[Any]:
    match kind:
        case Kind.moment:
            return clock.iso(cells)
        case Kind.words:
            return [json.dumps(cell, ensure_ascii=False) for cell in cells]
        case _:
            return cells
