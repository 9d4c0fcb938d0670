"""Whether a phone is linked, and which: read from the library's key store by whoever does not run the library.

Two copies of SQLite in one process drop each other's locks: nothing here is called while the library has the file open
in the same process.
"""

import re
import shlex
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from wabot.channel.neonize.keys import remove
from wabot.channel.neonize.unusable import using

_KEYS: Final = "keys.db"
_BACKUP: Final = "keys.backup"
"""The encrypted copy of the identity, which would bring back keys that WhatsApp no longer knows."""
_MARK: Final = "pairing"
"""The file beside the key store that stands there while a pairing is under way. The library stores a device just before
it confirms it to WhatsApp: keys that were left in between are nobody's yet."""
_COMMAND: Final = re.compile("`wabot (pair|unpair|resume) TENANT`")
_PATIENCE: Final = 20.0
"""Seconds to wait for a process that writes to the key store."""


@dataclass(frozen=True, slots=True)
class Linked:
    """The number, which of its linked devices this is, and when the phone linked it (UTC milliseconds, 0 = unknown)."""

    phone: str
    device: int
    since: int = 0


def read_linked(keys: Path) -> Linked | None:
    """Which phone is linked in the key store `keys`; None when none is, or only half: see `is_half_made`.

    Raises:
        KeysUnusable: the file cannot be opened or read.
        KeysDamaged: it is no key store, or is damaged.
    """
    with using(keys):
        return None if is_half_made(keys) else _device(keys)


def command(verb: str, data: Path) -> str:
    """The command for the tenant whose data is in `data` ("pair" links its phone, say), as somebody types it who stands
    where the daemon was started."""
    return f"wabot {verb} {shlex.quote(data.name)} --data {shlex.quote(str(data.parent))}"


def named(text: str, data: Path) -> str:
    """A text of `outcomes` for people: with that tenant's commands."""
    return _COMMAND.sub(lambda found: f"`{command(found[1], data)}`", text)


def restore_command(data: Path) -> str:
    """The command that brings back a link whose key store is lost, as long as its encrypted copy is there; else "". A
    store that is there and has no link in it lost that for a reason: WhatsApp ended it, or somebody did."""
    keys = data / _KEYS
    if (keys.is_file() and keys.stat().st_size) or not keys.with_name(_BACKUP).is_file():
        return ""
    return command("sessions restore", data)


def is_half_made(keys: Path) -> bool:
    """Whether a pairing is under way, or was cut off: what is in the store then, only a login can tell."""
    return mark(keys).exists()


def mark(keys: Path) -> Path:
    """The file that says so."""
    return keys.with_name(_MARK)


def begin(keys: Path) -> None:
    """A pairing begins.

    Raises:
        OSError: the folder cannot be written.
    """
    mark(keys).touch(0o600)


def settle(keys: Path, *, paired: bool) -> None:
    """A pairing is over. Unless it `paired`, keys that it left count as half made."""
    with using(keys):
        if paired or _device(keys) is None:
            mark(keys).unlink(missing_ok=True)


def forget(keys: Path) -> None:
    """Remove every key from the store, overwrite where they stood, and remove their encrypted backup. What is known of
    LIDs and numbers stays: without it a LID in an open chat would be taken for a stranger's number. Only while no
    process has the store open.

    Raises:
        OSError: the file cannot be written.
    """
    if keys.is_file() and keys.stat().st_size:
        try:
            with closing(sqlite3.connect(keys, timeout=_PATIENCE)) as connection:
                connection.execute("PRAGMA secure_delete = ON")
                found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
                for (name,) in found:
                    if name.startswith("whatsmeow_") and name not in _KEPT:
                        connection.execute(f'DELETE FROM "{name}"')
                connection.commit()
                connection.execute("VACUUM")
                connection.execute("PRAGMA journal_mode = DELETE").fetchone()
        except sqlite3.OperationalError as error:
            raise OSError(f"{keys} cannot be emptied: {error}") from error
        except sqlite3.DatabaseError:  # no key store any more: what cannot be emptied goes whole
            remove(keys)
    keys.with_name(_BACKUP).unlink(missing_ok=True)
    mark(keys).unlink(missing_ok=True)


_KEPT: Final = ("whatsmeow_version", "whatsmeow_lid_map")


def _device(keys: Path) -> Linked | None:
    if not keys.is_file() or not keys.stat().st_size:
        return None
    with closing(sqlite3.connect(f"file:{quote(str(keys))}?mode=ro", uri=True, timeout=_PATIENCE)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'whatsmeow_device'").fetchone():
            return None
        row = connection.execute("SELECT jid, adv_details FROM whatsmeow_device").fetchone()
    if row is None:
        return None
    user, _, rest = str(row[0]).partition("@")[0].partition(":")
    since = 0
    with suppress(ValueError, IndexError):
        since = _linked_at(bytes(row[1]))
    return Linked(user.split(".")[0], int(rest or 0), since)


def _linked_at(details: bytes) -> int:
    """The time in an ADVDeviceIdentity (field 2, seconds), which the phone signed when it linked the device."""
    at = 0
    while at < len(details):
        key, at = _varint(details, at)
        if key & 7 == 0:
            number, at = _varint(details, at)
            if key >> 3 == 2:
                return number * 1000
        elif key & 7 == 2:
            length, at = _varint(details, at)
            at += length
        else:
            return 0
    return 0


def _varint(data: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, at
        shift += 7
