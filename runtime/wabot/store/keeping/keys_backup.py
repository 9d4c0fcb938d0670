"""The encrypted backup of a tenant's WhatsApp identity: `data/TENANT/keys.backup`, written beside the session that uses
the key store, and what brings it back."""

import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from wabot.model.errors import BackupError, DamagedSource
from wabot.store.keeping.identity import fingerprint, forget_sessions, identity_in
from wabot.store.keeping.layout import KEYS, KEYS_BACKUP, PAIRING, sync_folder
from wabot.store.keeping.sealing import Opened, seal, unseal

_LARGEST: Final = 1_000_000_000
DAMAGED: Final = 3
"""Exit code of the process beside the session when the key store is damaged."""
UNLINKED: Final = "no phone is linked: nothing is written"
UNCHANGED: Final = "there is one of this link already"


def back_up_keys(folder: Path, key: bytes, at: int, *, only_new: bool = False) -> str:
    """Write the tenant's `keys.backup`, mode 0600, whole and durable or not at all; what came of it, in a few words.
    With `only_new`, only when there is none of the device that is linked now, or none that `key` opens. Never in the
    session's own process (`identity_in`).

    Raises:
        BackupError: the key store is damaged, or the disk is full.
    """
    if (folder / PAIRING).exists() or not (folder / KEYS).is_file() or not (content := identity_in(folder / KEYS)):
        return UNLINKED
    target = folder / KEYS_BACKUP
    if only_new and _holds(target, key, folder.name, fingerprint(content)):
        return UNCHANGED
    try:
        write_sealed(target, seal(content, key, folder.name, at))
    except OSError as error:
        raise BackupError(f"{target} cannot be written: {error.strerror}") from error
    return f"{KEYS_BACKUP} is written ({target.stat().st_size:,} bytes)"


def write_sealed(target: Path, sealed: bytes) -> None:
    """Raises:
    OSError: the disk is full; then the file is as it was.
    """
    draft = target.with_name(f".{target.name}.{os.getpid()}.draft")
    for old in target.parent.glob(f".{target.name}.*.draft"):
        if not Path("/proc", old.name.split(".")[-2]).exists():  # its process was killed
            old.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
        sync_folder(target.parent)
    finally:
        with suppress(OSError):
            draft.unlink()


def open_keys_backup(file: Path, key: bytes, tenant: str) -> Opened:
    """A backup, decrypted and looked at: `content` is a key store with a linked device.

    Raises:
        BackupError: it cannot be read, or is not to be trusted.
    """
    try:
        with file.open("rb") as source:
            sealed = source.read(_LARGEST + 1)
    except OSError as error:
        raise BackupError(f"{file} cannot be read: {error.strerror}. Nothing was changed.") from error
    try:
        opened = unseal(sealed, key, tenant)
        fingerprint(opened.content)
    except BackupError as error:
        raise BackupError(f"{file} cannot be used: {error}. Nothing was changed.") from error
    return opened


def write_key_store(content: bytes, target: Path) -> None:
    """Write a key store that comes from a backup to the new file `target`, mode 0600, durable, ready for a login.

    Raises:
        OSError: the disk is full.
        BackupError: it is no key store.
    """
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as file:
        file.write(content)
    forget_sessions(target)
    with target.open("rb") as written:
        os.fsync(written.fileno())


def _holds(target: Path, key: bytes, tenant: str, wanted: str) -> bool:
    try:
        return fingerprint(open_keys_backup(target, key, tenant).content) == wanted
    except BackupError:
        return False


def main() -> int:
    """`python -m wabot.store.keeping.keys_backup`: the process beside the session. Standard input holds one line of
    JSON: folder, key (hexadecimal), at, only_new. Says what came of it; 1 when it failed, DAMAGED when the key
    store is to blame."""
    order = json.loads(sys.stdin.readline())
    os.umask(0o077)
    try:
        said = back_up_keys(Path(order["folder"]), bytes.fromhex(order["key"]), order["at"], only_new=order["only_new"])
    except BackupError as error:
        sys.stderr.write(f"{error}\n")
        return DAMAGED if isinstance(error, DamagedSource) else 1
    sys.stdout.write(f"{said}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
