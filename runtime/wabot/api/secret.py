"""The secret that signs access tokens. There is no default: the first start makes one."""

import base64
import os
import secrets
from pathlib import Path
from typing import Final

from wabot.model.errors import WabotError

NAME: Final = "api.secret"
LEAST: Final = 32
"""Bytes."""


class SecretUnusable(WabotError):
    """The secret that signs the API's tokens cannot be used."""


def signing_secret(data: Path, given: str = "") -> bytes:
    """What signs access tokens: what is `given`, or what stands in `data/api.secret`, which is made if there is none.

    Raises:
        SecretUnusable: it is too short, or the file cannot be read or made, or others can read it.
    """
    if given:
        if len(given.encode()) < LEAST:
            raise SecretUnusable(f"WABOT_API_SECRET is too short: {LEAST} bytes or more; `openssl rand -base64 32`")
        return given.encode()
    path = data / NAME
    try:
        if not path.exists():
            _make(path)
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            open_to_others = os.fstat(descriptor).st_mode & 0o077
            content = file.read(1_000).strip()
    except OSError as error:
        raise SecretUnusable(f"{path} cannot be used: {error.strerror or error}") from error
    if open_to_others:
        raise SecretUnusable(
            f"{path} can be read by other users, who could make tokens: remove it, and the next start makes another "
            "(everybody logs in again)"
        )
    if len(content) < LEAST:
        raise SecretUnusable(f"{path} holds no secret: remove it, and the next start makes another")
    return content


def _make(path: Path) -> None:
    """Whole or not at all, and the first of two processes wins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    begun = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(LEAST)) + b"\n")
            file.flush()
            os.fsync(descriptor)
        try:
            os.link(begun, path)
        except FileExistsError:
            return
    finally:
        begun.unlink(missing_ok=True)
