"""Secrets: from the environment, or from a file that only the daemon's user can read. Never shown."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_MOST: Final = 4_096
_CREDENTIALS: Final = re.compile(r"\$(?:\{CREDENTIALS_DIRECTORY\}|CREDENTIALS_DIRECTORY)(?=/|$)")


class Secret:
    """A secret's text; `file` is where it was read, "" when it came by the environment. What prints it, or a value
    that holds it, shows nothing of it."""

    __slots__ = ("_text", "file")

    def __init__(self, text: str, file: str = "") -> None:
        self._text, self.file = text, file

    def __bool__(self) -> bool:
        return bool(self._text)

    def __repr__(self) -> str:
        return "Secret(set)" if self._text else "Secret(not set)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other.reveal() == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def reveal(self) -> str:
        return self._text


NO_SECRET: Final = Secret("")


def read_secret(path: str, beside: Path, environ: Mapping[str, str]) -> Secret:
    """The secret in the file at `path`, which may begin with $CREDENTIALS_DIRECTORY (systemd), or is relative to the
    folder `beside`.

    Raises:
        ValueError: it cannot be read, or holds none; the text follows the setting's name.
    """
    if _CREDENTIALS.match(path):
        credentials = environ.get("CREDENTIALS_DIRECTORY", "")
        if not credentials:
            raise ValueError("names $CREDENTIALS_DIRECTORY, which is not set: systemd sets it, with LoadCredential=")
        path = _CREDENTIALS.sub(lambda _: credentials, path, count=1)
    place = (beside / path).absolute()
    try:
        descriptor = os.open(place, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            content = file.read(_MOST + 1)
    except OSError as error:
        raise ValueError(f"names {place}, which cannot be read: {error.strerror}") from error
    try:
        text = content.decode("utf-8").strip()
    except UnicodeDecodeError as error:
        raise ValueError(f"names {place}, which is not text") from error
    if not text or "\n" in text or len(content) > _MOST:
        raise ValueError(f"names {place}, which must hold one line: the secret")
    return Secret(text, str(place))


def readable_by_others(secret: Secret) -> bool:
    """Whether other users of the machine can read the file that a secret came from."""
    try:
        return bool(secret.file) and bool(Path(secret.file).stat().st_mode & 0o004)
    except OSError:
        return False
