"""Writing a damaged database anew from the rows of its tables: whole, when only indexes or unused pages are damaged."""

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote


def rebuild(source: Path, target: Path) -> bool:
    """Write every row of `source` to the new file `target`. Whether that was possible: SQLite reads a table whole, or
    fails.

    Raises:
        OSError: the disk is full.
    """
    target.touch(mode=0o600, exist_ok=False)
    try:
        with closing(sqlite3.connect(target, isolation_level=None, uri=True)) as connection:
            connection.execute("ATTACH ? AS damaged", (f"file:{quote(str(source))}?mode=ro",))
            _copy(connection)
            sound = connection.execute("PRAGMA main.integrity_check(1)").fetchone()[0] == "ok"
            return sound and connection.execute("PRAGMA main.foreign_key_check").fetchone() is None
    except sqlite3.Error:
        return False


def _copy(connection: sqlite3.Connection) -> None:
    parts = connection.execute(
        "SELECT type, name, sql FROM damaged.sqlite_master "
        "WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    ).fetchall()
    tables = [(name, sql) for kind, name, sql in parts if kind == "table"]
    if not tables:
        raise sqlite3.DatabaseError("there is nothing in it")
    connection.execute("BEGIN")
    for name, sql in tables:
        quoted = name.replace('"', '""')
        connection.execute(sql)
        # Without what SQLite works out by itself.
        columns = ", ".join(row[1] for row in connection.execute(f'PRAGMA main.table_info("{quoted}")'))
        # NOT INDEXED: read the table itself; LIMIT: row by row, or SQLite would copy its indexes as they are.
        connection.execute(
            f'INSERT INTO main."{quoted}" ({columns}) SELECT {columns} FROM damaged."{quoted}" NOT INDEXED LIMIT -1'
        )
    if any("AUTOINCREMENT" in sql for _name, sql in tables):  # numbers that were given once are never given again
        connection.execute("DELETE FROM main.sqlite_sequence")
        connection.execute("INSERT INTO main.sqlite_sequence SELECT * FROM damaged.sqlite_sequence")
    for kind, _name, sql in parts:
        if kind != "table":
            connection.execute(sql)
    connection.execute("COMMIT")
