"""`wabot pair` and its like, as processes against the server: what they say, and what becomes of them."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Any, Final, Self

from tests.whatsapp.live import Live

_PATIENCE: Final = 60.0


class Typed:
    """A command that tells each event as a line of JSON. An async context manager: it is gone afterwards."""

    def __init__(self, live: Live, *words: str) -> None:
        self._live, self._words = live, words
        self.heard: list[dict[str, Any]] = []
        self.process: Process

    async def __aenter__(self) -> Self:
        command = [sys.executable, "-m", "wabot", *self._words, "--data", str(self._live.data), "--format", "json"]
        if self._words[0] == "pair":
            command += ["--rules", str(self._live.rules)]
        self.process = await asyncio.create_subprocess_exec(
            *command,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=os.environ | self._live.whatsapp.environment() | self._live.environment,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()

    async def says(self, event: str, within: float = _PATIENCE) -> dict[str, Any]:
        """Wait for an event of that name, that many seconds at the most."""
        assert self.process.stdout is not None and self.process.stderr is not None
        async with asyncio.timeout(within):
            while line := await self.process.stdout.readline():
                self.heard.append(json.loads(line))
                if self.heard[-1]["event"] == event:
                    return self.heard[-1]
        complaint = (await self.process.stderr.read()).decode()
        raise AssertionError(f"it never said {event}: {self.heard} {complaint}")

    async def ends(self) -> int:
        """Wait until it has ended; its exit code."""
        async with asyncio.timeout(_PATIENCE):
            return await self.process.wait()

    def worker(self) -> int:
        """The process that holds the connection."""
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                    command = (entry / "cmdline").read_bytes()
                except (OSError, IndexError):
                    continue
                if parent == self.process.pid and b"wabot.daemon.linking" in command:
                    return int(entry.name)
        raise AssertionError("there is no such process")

    def interrupt(self) -> None:
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)


async def gone(pid: int) -> None:
    """Wait until there is no such process."""
    async with asyncio.timeout(_PATIENCE):
        while True:
            try:
                if (Path("/proc") / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                    return
            except OSError:
                return
            await asyncio.sleep(0.02)
