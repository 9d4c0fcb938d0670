"""What systemd is told about the daemon (sd_notify): datagrams to a socket that it names. Elsewhere, nobody is told."""

import asyncio
import os
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

_MICROSECONDS: Final = 1_000_000


class Systemd:
    """Speaks to the systemd that started this process, as the environment names it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        if self._address.startswith("@"):  # an abstract socket
            self._address = "\0" + self._address[1:]
        self._ready, self._status = False, ""
        self.watchdog: float | None = None
        """Seconds within which systemd wants to hear that we live; None: it does not."""
        wanted, pid = environment.get("WATCHDOG_USEC", ""), environment.get("WATCHDOG_PID", "")
        if self._address and wanted.isdigit() and int(wanted) > 0 and pid in ("", str(os.getpid())):
            self.watchdog = int(wanted) / _MICROSECONDS

    def tell(self, *lines: str) -> None:
        """Send `KEY=value` lines as one datagram. Never waits, never raises: what is lost is lost."""
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.setblocking(False)
            said = (text.replace("\n", " ") for text in lines)  # a folder may have any name
            line.sendto("\n".join(said).encode("utf-8", "replace"), self._address)

    def stands(self, status: str, *, settled: bool) -> None:
        """Say how things stand, when that has changed; the daemon is ready once all has settled for the first time."""
        changed, self._status = status != self._status, status
        if settled and not self._ready:
            self._ready = True
            self.ready()
        elif changed:
            self.tell(f"STATUS={status}")

    def ready(self) -> None:
        self.tell("READY=1", f"STATUS={self._status}")

    async def reassure(self, every: float) -> None:
        """Say that we live, every so many seconds, until cancelled."""
        while True:
            self.tell("WATCHDOG=1")
            await asyncio.sleep(every)

    def reloading(self) -> None:
        """Followed by `ready` when it is done."""
        self.tell("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        self.tell("STOPPING=1", "STATUS=stopping")
