"""Saying a word to whoever listens in a folder."""

import json
import os
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

API: Final = "api.sock"
"""In the data folder. Heard there: `changed` (a tenant's store), `typing` (a customer's), `pairing`."""
SESSION: Final = "session.sock"
"""In a tenant's data folder. Heard there: `look` (something was queued), `typing` (a person's)."""
LONGEST: Final = 65_536
"""Bytes of one word; what is longer is not said."""


def address(folder: int, name: str) -> str:
    """The address of a socket in an open folder: its path may be longer than the 107 bytes that an address may have."""
    return f"/proc/self/fd/{folder}/{name}"


class Mouth:
    """Says words to the listener `name` in `folder`, which need not be there."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._socket: socket.socket | None = None

    def say(self, kind: str, **data: Any) -> None:
        """Say a word, or nothing when nobody listens. Never waits, never raises."""
        with suppress(OSError, TypeError, ValueError):
            said = json.dumps({"kind": kind, **data}, ensure_ascii=False).encode("utf-8", "replace")
            if len(said) > LONGEST:
                return
            # Looked up each time: a listener that was begun again has another socket, and a folder may have moved.
            folder = os.open(self._folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                if self._socket is None:
                    self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
                self._socket.sendto(said, address(folder, self._name))
            finally:
                os.close(folder)
