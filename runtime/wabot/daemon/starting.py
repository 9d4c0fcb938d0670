"""How session processes come to life: `Starter` is what the runners ask. This module holds the plain way, a new Python
for each; daemon/forking.py the way that shares memory."""

import asyncio
import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol

from wabot.daemon.options import RunOptions

SESSION: Final = "wabot.daemon.child"
"""The module of a session process; what `ps` shows of it."""
_MINE: Final = ("NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC")
"""What systemd tells the supervisor alone."""
_GO: Final = {"NEONIZE_BOT_TAG": "off"}
"""For the Go library, which reads the environment that a process was started with, whatever Python changes in it later.
Without this, customers see an AI badge on every reply."""
_LEAN: Final = {"MALLOC_ARENA_MAX": "1", "GOGC": "50"}
"""What saves a session some 2 MB, unless the environment says otherwise: one heap for all threads of C, and Go's
rubbish collected when it is half of what is in use."""


@dataclass(frozen=True, slots=True)
class Order:
    """A session to start: the tenant's folder, its data, and the descriptor here of the line that it inherits."""

    folder: Path
    data: Path
    options: RunOptions
    line: int

    def words(self) -> list[str]:
        """The session's arguments."""
        return [str(self.folder), str(self.data), replace(self.options, line=self.line).dump()]


class Child(Protocol):
    """A session process of ours."""

    @property
    def pid(self) -> int: ...

    @property
    def returncode(self) -> int | None:
        """The exit code, or the negative number of the signal that killed it; None while it lives."""

    async def wait(self) -> int:
        """The same, once it has ended."""

    def send_signal(self, number: int, /) -> None:
        """Raises ProcessLookupError when it has ended. Never reaches another process that got the same number."""


class Starter(Protocol):
    async def start(self, order: Order) -> Child:
        """A process in a group of its own, which Ctrl-C does not reach. Its standard input is a pipe to which nothing
        is ever written: it closes when this process ends, however it ends, and the session takes that as the order to
        stop.

        Raises:
            OSError: no process can be had: no memory, no descriptors.
        """

    async def close(self) -> None:
        """No session is started any more; those that live are left alone."""


class Spawning:
    """A Python of its own for each session: works everywhere, and shares nothing but what is mapped from files."""

    async def start(self, order: Order) -> Child:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            SESSION,
            *order.words(),
            pass_fds=(order.line,),
            stdin=asyncio.subprocess.PIPE,
            process_group=0,
            env=environment(),
        )

    async def close(self) -> None:
        pass


def environment() -> dict[str, str]:
    """What a session finds in its environment."""
    ours = {key: word for key, word in os.environ.items() if key not in _MINE}
    return {**_LEAN, **ours, **_GO, "PYTHONUNBUFFERED": "1"}
