"""A tenant's database as a person on call would look at it; nothing is changed."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from wabot.model.errors import StoreError
from wabot.store.sqlite.opening import NAME, damage, newest_schema, open_for_reading, plainly
from wabot.store.sqlite.queries import asker

STUCK: Final = 600_000
"""Milliseconds after which what waits is stuck."""
LATELY: Final = 7 * 86_400_000
"""Milliseconds for which what a person must settle is counted."""


@dataclass(frozen=True, slots=True)
class Examined:
    """`sending`, `overdue` and `undecided` have been so for longer than `STUCK`; `unknown` and `set_aside` are of the
    time `LATELY`. `newest` is when the last message arrived, UTC milliseconds, 0 for none. `action` is what the
    session's state asks of a person."""

    schema: int
    known: int
    size: int
    log: int
    sending: int
    overdue: int
    undecided: int
    unknown: int
    set_aside: int
    newest: int
    status: str
    action: str


def examine(folder: Path, tenant: str, now: int) -> Examined:
    """Raises:
    StoreError: the file is damaged, or cannot be read.
    """
    connection = open_for_reading(folder)
    try:
        ask = asker(connection, tenant)
        schema = connection.execute("SELECT COALESCE(MAX(number), 0) FROM migrations").fetchone()[0]
        row = ask("examined", since=now - STUCK, lately=now - LATELY).fetchone()
        state = ask("session_row").fetchone()
    except sqlite3.Error as error:
        raise StoreError(plainly(folder / NAME, error)) from error
    finally:
        connection.close()
    log = folder / f"{NAME}-wal"
    return Examined(
        schema=schema,
        known=newest_schema(),
        size=(folder / NAME).stat().st_size,
        log=log.stat().st_size if log.exists() else 0,
        status="stopped" if state is None else state["status"],
        action="" if state is None else state["action"],
        **dict(row),
    )


def check_pages(path: Path, *, deep: bool) -> str:
    """What SQLite finds wrong with the file, "" for nothing. `deep` compares tables with their indexes, too.

    Raises:
        StoreError: it cannot be looked at: it may not be read, or is locked. That says nothing of what it holds.
    """
    check = "integrity_check" if deep else "quick_check"
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as connection:
            found = str(connection.execute(f"PRAGMA {check}(1)").fetchone()[0])
    except sqlite3.Error as error:
        if found := damage(error):
            return found
        raise StoreError(plainly(path, error)) from error
    return "" if found == "ok" else " ".join(found.split())
