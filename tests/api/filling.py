"""Rows for every table of a database, whatever tables there are: what a test fills so holds also for tables that nobody
had thought of when it was written."""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from wabot.model.ids import uuid7

_CHOICES: Final = r"\b{}\s+\w+[^,]*?CHECK\s*\(\s*{}\s+IN\s*\(\s*'([^']*)'"
_JSON: Final = ("working_hours", "permissions", "events")
"""Columns that hold JSON, and whose default does not say so."""
_BY_ITSELF: Final = re.compile(
    r"^(sqlite_|feed_readers$|access_version$|migrations$)|_(data|idx|content|docsize|config)$"
)


def tables(connection: sqlite3.Connection) -> list[str]:
    """Every table that a product's statement writes, those first that others refer to."""
    names = [
        row[0]
        for row in connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY rowid")
        if not _BY_ITSELF.search(row[0])
    ]
    plain = [name for name in names if "VIRTUAL" not in _sql(connection, name)]
    ordered: list[str] = []
    while len(ordered) < len(plain):
        for name in plain:
            if name not in ordered and set(_refers(connection, name)) <= {*ordered, name}:
                ordered.append(name)
    return ordered


def fill(file: Path, tenant: str, mark: str, at: int, rows: int = 2) -> None:
    """Put `rows` more into every table. Each text that is neither a key nor one of a few words holds `mark`."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA ignore_check_constraints = ON")
    connection.execute("BEGIN IMMEDIATE")
    made: dict[str, list[dict[str, Any]]] = {}
    for table in tables(connection):
        made[table] = [_row(connection, table, tenant, mark, at, number, made) for number in range(rows)]
        for row in made[table]:
            names, places = ", ".join(row), ", ".join("?" for _ in row)
            connection.execute(f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({places})", list(row.values()))
    connection.execute("COMMIT")
    connection.close()


def texts(file: Path, where: str = "") -> Iterator[tuple[str, str, str]]:
    """Every text in a database: table, column, text. Only those rows of which `where` occurs in some value."""
    for table, row in rows(file):
        if not where or any(where in str(value) for value in row.values()):
            for column, value in row.items():
                if isinstance(value, str) and value:
                    yield table, column, value


def rows(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row of a database, with its table."""
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        for table in tables(connection):
            for row in connection.execute(f"SELECT * FROM {table}"):
                yield table, dict(row)
    finally:
        connection.close()


def _row(
    connection: sqlite3.Connection,
    table: str,
    tenant: str,
    mark: str,
    at: int,
    number: int,
    made: dict[str, list[dict[str, Any]]],
) -> dict[str, Any]:
    references, sql = _refers(connection, table), _sql(connection, table)
    found: dict[str, Any] = {}
    for _, name, kind, needed, default, key in connection.execute(f"PRAGMA table_info({table})").fetchall():
        choice = re.search(_CHOICES.format(name, name), sql, re.DOTALL)
        parents = list(_parents(connection, table, name, made)) if name in references.values() else []
        if parents:
            found[name] = parents[number % len(parents)]
        elif name == "tenant_id":
            found[name] = tenant
        elif choice:
            found[name] = choice[1]
        elif kind == "INTEGER":
            if not (key and "AUTOINCREMENT" in sql) and (needed or number % 2):
                found[name] = at + number if name.endswith("_at") else 1 + number
        elif name.startswith("segment"):  # one of a few words, though no CHECK says so
            found[name] = "vip"
        elif name == "date":
            found[name] = f"2026-01-{28 - number:02}"
        elif name == "id" or name.endswith("_id"):
            found[name] = uuid7(at + number)
        elif name in ("phone", "chat"):
            found[name] = f"62877700{number:04}"
        elif default in ("'[]'", "'{}'") or name in _JSON:
            found[name] = f'["{mark}"]' if default == "'[]'" or name == "events" else f'{{"{mark}": true}}'
        else:
            found[name] = f"{mark} {table} {name} {number}"
    return found


def _parents(
    connection: sqlite3.Connection, table: str, column: str, made: dict[str, list[dict[str, Any]]]
) -> Sequence[Any]:
    for reference in connection.execute(f"PRAGMA foreign_key_list({table})"):
        parent, own, theirs = reference[2], reference[3], reference[4]
        if own == column and parent in made:
            return [row[theirs or "id"] for row in made[parent]]
    return []


def _refers(connection: sqlite3.Connection, table: str) -> dict[str, str]:
    """Table → a column that refers to it."""
    return {row[2]: row[3] for row in connection.execute(f"PRAGMA foreign_key_list({table})")}


def _sql(connection: sqlite3.Connection, table: str) -> str:
    return str(connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0])
