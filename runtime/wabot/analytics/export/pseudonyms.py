"""Names that stand for people in anonymous exports: the same one in every export of a tenant, and another with another
tenant. Who has not the tenant's key can neither make them nor find out whom they mean."""

import hmac
import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from wabot.analytics.export.tables import Veil
from wabot.model.errors import StoreError

NAME: Final = "pseudonyms.key"
"""In the tenant's data folder."""
_BYTES: Final = 32
_SHOWN: Final = 20
"""Hexadecimal digits of a pseudonym: among a billion, two are equal with a chance of one to a million."""
_KEPT: Final = 20_000
_NOBODY: Final = ("", "wabot")
"""Senders that are no person: the shop's phone, and wabot's commands."""


class Pseudonyms:
    """Those of one tenant."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._known: dict[tuple[Veil, str], str] = {}

    def of(self, kind: Veil, names: Sequence[str | None]) -> list[str | None]:
        """A pseudonym of that kind for each name."""
        if kind is Veil.message:  # none comes twice
            return [None if name is None else self._made(kind, name) for name in names]
        return [None if name is None else self._one(kind, name) for name in names]

    def _one(self, kind: Veil, name: str) -> str:
        if kind is Veil.operator and name in _NOBODY:
            return name
        found = self._known.get((kind, name))
        if found is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            found = self._known[kind, name] = self._made(kind, name)
        return found

    def _made(self, kind: Veil, name: str) -> str:
        digest = hmac.digest(self._key, f"{kind.value}:{name}".encode(), "sha256").hex()
        return f"{kind.value}-{digest[:_SHOWN]}"


def tenants_pseudonyms(folder: Path) -> Pseudonyms:
    """Those of the tenant whose data is in `folder` (`data/<tenant>`). Its key is made at the first use; root makes
    it for the folder's owner.

    Raises:
        StoreError: the key cannot be read or made, or other users can read it.
    """
    path = folder / NAME
    try:
        if not path.exists():
            _make(path)
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            key = file.read(1_000)
    except OSError as error:
        raise StoreError(
            f"{path}, the key of the pseudonyms, cannot be used: {error.strerror or error}. Check the owner and "
            "permissions of the folder."
        ) from error
    if mode & 0o077:
        raise StoreError(
            f"{path} can be read by other users, who could find out whom pseudonyms mean: chmod 600 it, or remove it, "
            "and the next export makes another (with it, everybody gets another pseudonym)"
        )
    try:
        return Pseudonyms(_read(key))
    except ValueError:
        raise StoreError(
            f"{path} holds no key: put it back from a backup, or remove it, and the next export makes another"
        ) from None


def _read(content: bytes) -> bytes:
    key = bytes.fromhex(content.decode("ascii").strip())
    if len(key) != _BYTES:
        raise ValueError("too short, or too long")
    return key


def _make(path: Path) -> None:
    """Whole or not at all, and the first of two processes wins."""
    begun = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(f"{secrets.token_hex(_BYTES)}\n".encode())
            file.flush()
            os.fsync(descriptor)
        owner = path.parent.stat()
        if os.geteuid() == 0 and owner.st_uid != 0:
            os.chown(begun, owner.st_uid, owner.st_gid)
        with suppress(FileExistsError):
            os.link(begun, path)
    finally:
        begun.unlink(missing_ok=True)
