"""What of WhatsApp's key store is the identity, and what only belongs to the moment.

The tables are those of whatsmeow (its store/sqlstore/upgrades), which neonize uses. A Signal session is a ratchet: each
message moves it, at both ends. One that is taken from a copy is behind the customers' and would encrypt with keys that
they have used up, so that they could read nothing. A session that is not there is made anew: the library asks a
customer whose message it cannot read to send it again, and fetches fresh keys of whom it writes to. So a copy is only
ever used without its sessions.
"""

import errno
import hashlib
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final
from urllib.parse import quote

from wabot.model.errors import BackupError, DamagedSource
from wabot.store.sqlite.opening import damage

RATCHETS: Final = ("whatsmeow_sessions", "whatsmeow_sender_keys")
"""What must not be wound back."""
OF_THE_MOMENT: Final = ("whatsmeow_event_buffer", "whatsmeow_retry_buffer", "whatsmeow_message_secrets")
"""What grows with every message, holds texts, and is not needed to log in: it is in no encrypted backup."""
IDENTITY: Final = (
    "whatsmeow_device",
    "whatsmeow_identity_keys",
    "whatsmeow_pre_keys",
    "whatsmeow_app_state_sync_keys",
    "whatsmeow_app_state_version",
    "whatsmeow_app_state_mutation_macs",
    "whatsmeow_contacts",
    "whatsmeow_chat_settings",
    "whatsmeow_privacy_tokens",
    "whatsmeow_nct_salt",
    "whatsmeow_lid_map",
)
"""What is kept; a table that the library comes to add is kept, too, until somebody decides (a test says so)."""
_HELD_BACK: Final = 2


def forget_sessions(database: Path) -> None:
    """Make a copy of a key store fit to be used: without sessions, and so that the library uploads fresh prekeys at the
    next login. Nobody else has the file open.

    The old prekeys stay, since customers may have been handed any of them. Those that were made after the copy are
    lost, though, while WhatsApp still hands them out. So a fresh batch must follow. The library uploads one when fewer
    than 5 rows are `uploaded` (1), and takes those to upload that are not (0). So they become neither: such rows it
    neither counts nor hands out again, and after the upload it makes them 1 (whatsmeow's prekeys.go, store.go).

    Raises:
        BackupError: it is no database.
        OSError: the disk is full.
    """
    try:
        with closing(sqlite3.connect(database)) as connection:
            _empty(connection, RATCHETS)
            if "whatsmeow_pre_keys" in _tables(connection):
                connection.execute("UPDATE whatsmeow_pre_keys SET uploaded = ?", (_HELD_BACK,))
            connection.commit()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
        raise BackupError(f"{database.name} in it is no key store ({error})") from error


def identity_in(keys: Path) -> bytes:
    """The key store at `keys` as of now, without sessions and what is of the moment, as the bytes of a SQLite file; b""
    when no phone is linked. Nothing of it is written anywhere.

    Only in a process that does not run the WhatsApp library: two copies of SQLite in one process would drop each
    other's locks.

    Raises:
        BackupError: the file cannot be read.
        DamagedSource: it is damaged, or no key store.
    """
    try:
        with (
            closing(sqlite3.connect(f"file:{quote(str(keys))}?mode=ro", uri=True, timeout=30)) as reading,
            closing(sqlite3.connect(":memory:", isolation_level=None)) as copy,
        ):
            reading.backup(copy)
            if not _is_linked(copy):
                return b""
            _empty(copy, RATCHETS + OF_THE_MOMENT)
            copy.execute("VACUUM")
            if (found := copy.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok":
                raise DamagedSource(f"{keys} is damaged ({found})")
            return copy.serialize()
    except sqlite3.Error as error:
        kind = DamagedSource if damage(error) else BackupError
        raise kind(f"{keys} cannot be read: {error}") from error


def fingerprint(content: bytes) -> str:
    """Which linked device a copy belongs to: the same for every copy of one pairing.

    Raises:
        BackupError: it is no key store with a linked device.
    """
    try:
        with closing(sqlite3.connect(":memory:")) as copy:
            copy.deserialize(content)
            rows = copy.execute("SELECT jid, registration_id, identity_key FROM whatsmeow_device").fetchall()
    except sqlite3.Error as error:
        raise BackupError(f"what it holds is no key store ({error})") from error
    if not rows:
        raise BackupError("what it holds is a key store to which no phone was linked")
    return hashlib.sha256(repr(sorted(rows)).encode()).hexdigest()


def _is_linked(connection: sqlite3.Connection) -> bool:
    if "whatsmeow_device" not in _tables(connection):
        return False
    return connection.execute("SELECT 1 FROM whatsmeow_device").fetchone() is not None


def _empty(connection: sqlite3.Connection, tables: tuple[str, ...]) -> None:
    there = _tables(connection)
    for name in tables:
        if name in there:
            connection.execute(f"DELETE FROM {name}")


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
