"""Hearing the words that others say in a folder."""

import asyncio
import json
import os
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from wabot.bus.words import LONGEST, address

Heard = Callable[[str, Mapping[str, Any]], None]
"""Is handed the kind of a word, and the word."""
_AT_ONCE: Final = 256
"""Words that are heard before anything else has its turn."""


class Ear:
    """Listens as `name` in `folder` until it is closed; to be made where the event loop runs. Whoever listened there
    before hears nothing any more.

    Raises:
        OSError: nobody can listen there.
    """

    def __init__(self, folder: Path, name: str, heard: Heard) -> None:
        self._heard = heard
        self._file = folder / name
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
        place = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        before = os.umask(0o177)
        try:
            self._file.unlink(missing_ok=True)
            self._socket.bind(address(place, name))
            self._id = self._file.stat().st_ino
        except OSError:
            self._socket.close()
            raise
        finally:
            os.umask(before)
            os.close(place)
        asyncio.get_running_loop().add_reader(self._socket, self._listen)

    def close(self) -> None:
        """Hear no more. May be called again."""
        if self._socket.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            with suppress(OSError):
                if self._file.stat().st_ino == self._id:  # and not that of whoever came after
                    self._file.unlink()

    def _listen(self) -> None:
        for _ in range(_AT_ONCE):
            try:
                said = self._socket.recv(LONGEST)
            except OSError:
                return
            with suppress(ValueError):
                word = json.loads(said)
                if isinstance(word, dict) and isinstance(kind := word.pop("kind", None), str):
                    self._heard(kind, word)
