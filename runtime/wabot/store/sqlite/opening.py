"""Opening a tenant's file: who may read it, how durable it is, and which schema it has."""

import errno
import os
import shutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from wabot.model.errors import StoreError

NAME: Final = "wabot.db"
NODE: Final = "node.db"
"""What belongs to no tenant, in the data folder itself."""
_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_DAMAGE: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_FORBIDDEN: Final = (errno.EROFS, errno.EACCES, errno.EPERM)
_OF_NODE: Final = ("00*_alerts.sql", "node/[0-9]*.sql")
"""The migrations that concern the node's file: one that tenants have, too, and its own."""
BUSY: Final = 5_000
"""Milliseconds to wait for another process that is writing."""
_KEPT: Final = 1_024
"""Statements that a connection keeps prepared: there are some hundred, and Python's own 128 would have those that are
asked in turns prepared again and again."""


def open_file(folder: Path) -> sqlite3.Connection:
    """Open (and make, and bring up to date) the tenant's database in `folder`.

    Raises:
        StoreError: it cannot be opened, is no database, or belongs to a newer wabot.
    """
    return _open(folder / NAME, ("[0-9]*.sql",))


def open_node(data: Path) -> sqlite3.Connection:
    """As `open_file`, for the node's database in the daemon's data folder.

    Raises:
        StoreError: it cannot be opened, is no database, or belongs to a newer wabot.
    """
    return _open(data / NODE, _OF_NODE)


LEAST: Final = 200_000
"""Bytes without which SQLite cannot even open a file; it then says something else than that the disk is full."""


def _open(path: Path, migrations: Sequence[str]) -> sqlite3.Connection:
    folder = path.parent
    before = os.umask(0o077)  # SQLite gives -wal and -shm the file's own mode; the file itself follows the umask
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=_KEPT)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{path} cannot be opened: {error}. Check the folder's owner and permissions.") from error
    finally:
        os.umask(before)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute(f"PRAGMA busy_timeout = {BUSY}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        path.chmod(0o600)
        _migrate(connection, path, migrations)
    except (OSError, sqlite3.Error) as error:
        connection.close()
        raise StoreError(plainly(path, error)) from error
    except StoreError:
        connection.close()
        raise
    return connection


def newest_schema() -> int:
    """The newest migration that this wabot knows."""
    return max(int(step.name[:4]) for step in _MIGRATIONS.glob("[0-9]*.sql"))


def damage(error: BaseException | None) -> str:
    """What SQLite says of a file that is damaged, or no database at all; "" for every other error."""
    code = getattr(error, "sqlite_errorcode", None)
    return str(error) if code is not None and code & 0xFF in _DAMAGE else ""


def open_for_reading(folder: Path, name: str = NAME) -> sqlite3.Connection:
    """Open an existing database without making, changing or locking anything.

    Raises:
        StoreError: there is none, or it cannot be read.
    """
    path = folder / name
    if not path.is_file():
        raise StoreError(f"{folder} holds no data yet; `wabot run` makes it")
    try:
        source = f"file:{path}?mode=ro" + ("&immutable=1" if _lies_still(path) else "")
        connection = sqlite3.connect(source, uri=True, isolation_level=None, cached_statements=_KEPT)
        connection.row_factory = sqlite3.Row
        connection.execute(f"PRAGMA busy_timeout = {BUSY}")
        if not connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone():
            connection.close()  # another process makes it at this very moment
            raise StoreError(f"{folder} holds no data yet; `wabot run` makes it")
        connection.execute("SELECT number FROM migrations").fetchone()
    except sqlite3.Error as error:
        raise StoreError(plainly(path, error)) from error
    return connection


def _lies_still(path: Path) -> bool:
    """Whether nobody has the database open, in a folder in which we cannot make the files that SQLite wants beside
    one that others may write."""
    return not path.with_name(f"{path.name}-wal").exists() and not os.access(path.parent, os.W_OK, effective_ids=True)


def _migrate(connection: sqlite3.Connection, path: Path, wanted: Sequence[str]) -> None:
    """Apply the `wanted` numbered files of migrations/ that this database has not seen; each with its note, in one
    transaction.

    Written here in a few lines rather than taken from sqlite-utils: that costs 170 ms at the start of every session to
    learn that there is nothing to do.
    """
    steps = sorted((step for one in wanted for step in _MIGRATIONS.glob(one)), key=lambda step: step.name)
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute("CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL)")
        done = {row["number"] for row in connection.execute("SELECT number FROM migrations")}
        known = {int(step.name[:4]): step for step in steps}
        if unknown := done - known.keys():
            raise StoreError(
                f"{path} was written by a newer wabot (schema {max(unknown)}, this one knows {max(known)}). "
                "Install that version again, or restore a backup."
            )
        for number, step in known.items():
            if number not in done:
                for statement in _statements(step.read_text("utf-8")):
                    connection.execute(statement)
                connection.execute("INSERT INTO migrations (number, name) VALUES (?, ?)", (number, step.stem))
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _statements(script: str) -> list[str]:
    # Not executescript: it commits first, and a migration must be whole or not at all.
    found, statement = [], ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            found.append(statement)
            statement = ""
    return found


def plainly(path: Path, error: Exception) -> str:
    """What an error of SQLite means for the owner of the file, and what to do."""
    text = (error.strerror if isinstance(error, OSError) else None) or str(error)
    unknown = "no such table" in text and "migrations" not in text  # a file without that one was never ours
    if "no such column" in text or unknown:
        return f"{path} is of an older wabot. Start `wabot run` once with this one: it brings it up to date."
    if "not a database" in text or "malformed" in text or "no such table" in text:
        if path.name == "node.db":  # accounts are never set aside by themselves: nobody could log in, and nobody asked
            return (
                f"{path} is damaged ({text}). Stop `wabot run`, then put the newest backup of the node back: "
                "`wabot restore _node-….tar.gz --replace`. Without one, move the file away: accounts and alerts begin "
                "anew."
            )
        return (
            f"{path} is damaged ({text}). The next start of `wabot run` sets it aside and takes the newest backup, or "
            "begins a new file; or restore a backup yourself: `wabot restore`."
        )
    if ("disk I/O" in text or "unable to open" in text) and _is_full(path.parent):
        text = "full"
    if "unable to open" in text:
        return f"{path} cannot be opened ({text}). Check the owner and permissions of the file and its folder."
    if "readonly" in text or getattr(error, "errno", None) in _FORBIDDEN:
        return f"{path} cannot be written ({text}). Check the owner and permissions of the file and its folder."
    if "full" in text or getattr(error, "errno", None) == errno.ENOSPC:
        return f"{path} cannot be written: the disk is full. Free some space; nothing that was stored is lost."
    if "locked" in text:
        return f"{path} is locked by another process. Stop that process, then try again."
    return f"{path} cannot be used: {text}"


def _is_full(folder: Path) -> bool:
    """SQLite says of a disk on which it cannot even make a file that it fails."""
    try:
        return shutil.disk_usage(folder).free < LEAST
    except OSError:
        return False
