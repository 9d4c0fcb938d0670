"""Processes of the API's own that carry out orders one by one, each within a time: one that hangs is killed, one that
dies is begun anew, and requests go on meanwhile."""

import asyncio
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

import orjson

MODULE: Final = "wabot.api.workshop.process"
_START: Final = 30.0
"""Seconds that a new process may take to be ready."""
_PASSED_ON: Final = ("PATH", "LANG", "LC_ALL", "TZ", "HOME", "PYTHONPATH", "PYTHONHOME", "TMPDIR")
"""What such a process knows of the environment: no secret that the node's settings hold."""


class TooSlow(Exception):
    """An order took longer than it may; the process that was at it is gone."""


class Died(Exception):
    """The process ended while it was at an order."""


class NotBegun(Exception):
    """No process could be begun."""


class Worker:
    """One process. Orders must not overlap."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def begin(cls) -> "Worker":
        """
        Raises:
            NotBegun: it did not become ready.
        """
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        pipe = asyncio.subprocess.PIPE
        try:
            words = (sys.executable, "-m", MODULE)
            made = cls(await asyncio.create_subprocess_exec(*words, stdin=pipe, stdout=pipe, env=environment))
        except OSError as error:
            raise NotBegun(error.strerror) from error
        try:
            await asyncio.wait_for(made._heard(), _START)
        except BaseException as error:
            made.kill()
            if isinstance(error, TimeoutError | Died):
                raise NotBegun from error
            raise
        return made

    @property
    def pid(self) -> int:
        return self._process.pid

    async def ask(self, order: Mapping[str, Any]) -> Any:
        """
        Raises:
            Died: it ended before it answered.
        """
        body = orjson.dumps(order)
        stream = self._process.stdin
        assert stream is not None
        try:
            stream.write(len(body).to_bytes(4, "big") + body)
            await stream.drain()
        except OSError as error:
            raise Died from error
        return await self._heard()

    async def _heard(self) -> Any:
        stream = self._process.stdout
        assert stream is not None
        try:
            size = int.from_bytes(await stream.readexactly(4), "big")
            return orjson.loads(await stream.readexactly(size))
        except (asyncio.IncompleteReadError, OSError) as error:
            raise Died from error

    def kill(self) -> None:
        """End it, whatever it does."""
        with suppress(ProcessLookupError):
            self._process.kill()

    async def gone(self) -> None:
        """Return once it has ended."""
        await self._process.wait()


class Workers:
    """At most `most` processes, begun when they are needed. Orders beyond that wait."""

    def __init__(self, most: int = 2) -> None:
        self._places = asyncio.Semaphore(most)
        self._idle: list[Worker] = []
        self._all: set[Worker] = set()

    async def ask(self, order: Mapping[str, Any], deadline: float) -> Any:
        """What an order comes to; `deadline` is in seconds, counted from when a process takes it.

        Raises:
            TooSlow, Died, NotBegun: it came to nothing.
        """
        async with self._places:
            worker = self._idle.pop() if self._idle else await self._begun()
            try:
                done = await asyncio.wait_for(worker.ask({**order, "deadline": deadline}), deadline)
            except TimeoutError:
                await self._end(worker)
                raise TooSlow from None
            except BaseException:  # also when nobody waits for the answer any more: the next one must not get it
                await self._end(worker)
                raise
            self._idle.append(worker)
            return done

    async def _begun(self) -> Worker:
        worker = await Worker.begin()
        self._all.add(worker)
        return worker

    async def _end(self, worker: Worker) -> None:
        worker.kill()
        self._all.discard(worker)
        await worker.gone()

    @property
    def pids(self) -> list[int]:
        """Those that run."""
        return [worker.pid for worker in self._all]

    @property
    def busy(self) -> list[int]:
        """Those of them that are at an order."""
        return [worker.pid for worker in self._all if worker not in self._idle]

    async def close(self) -> None:
        """End them all."""
        for worker in list(self._all):
            await self._end(worker)
        self._idle.clear()
