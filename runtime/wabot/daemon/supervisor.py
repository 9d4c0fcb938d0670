"""Starts a session process for every tenant, starts it again when it dies, and stops them all. It knows nothing of
WhatsApp, of rules or of stores: a tenant's trouble stays in that tenant's process."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import structlog

from wabot.daemon.options import RunOptions
from wabot.daemon.restart import DONE, Life, judge
from wabot.session.clock import RealClock

PATIENCE: Final = 20.0
"""Seconds that a session has to stop before it is killed: longer than all that it waits for itself (CLOSE, DRAIN and
GRACE of wabot.session), or a send that hangs would be cut off."""
_TOGETHER: Final = 1.0
"""Seconds within which two signals to stop are one."""
_REMEMBERED: Final = 10


class Supervisor:
    """Runs the tenants in `folders`, each with its data in `data/<tenant>`."""

    def __init__(self, folders: list[Path], data: Path, options: RunOptions) -> None:
        self._folders, self._data, self._options = folders, data, options
        self._clock = RealClock()
        self._stopping = asyncio.Event()
        self._asked = 0.0
        self._children: dict[str, asyncio.subprocess.Process] = {}
        self._log: Any = structlog.get_logger()

    async def run(self) -> int:
        """Returns the exit code: 0 when every session ended as it should."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        codes = await asyncio.gather(*(self._keep_running(folder) for folder in self._folders))
        return 0 if all(code == DONE for code in codes) else 1

    def _stop(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._stopping.is_set():
            if now - self._asked < _TOGETHER:  # `timeout` and terminals tell the process and its group: one wish
                return
            self._log.warning("asked twice to stop: killing what is left")
            self._each(lambda child: child.kill())
            return
        self._asked = now
        self._stopping.set()
        self._log.info("stopping")
        self._each(lambda child: child.terminate())

    def _each(self, act: Callable[[asyncio.subprocess.Process], None]) -> None:
        for child in self._children.values():
            with suppress(ProcessLookupError):
                act(child)

    async def _keep_running(self, folder: Path) -> int:
        tenant = folder.resolve().name
        lives: list[Life] = []
        while True:
            began = self._clock.now()
            code = await self._once(tenant, folder)
            lives = [*lives[1 - _REMEMBERED :], Life(began, self._clock.now())]
            verdict = judge(code, lives)
            if self._stopping.is_set():
                # Told to stop before it could listen, or listening: both are what was asked for.
                return DONE if code in (DONE, -signal.SIGTERM) else code
            if verdict.wait is None:
                tell = self._log.info if code == DONE else self._log.error
                tell(f"the session ended: {verdict.why}", tenant=tenant)
                return code
            self._log.error(f"the session died: {verdict.why}", tenant=tenant)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), verdict.wait / 1000)
            if self._stopping.is_set():
                return DONE

    async def _once(self, tenant: str, folder: Path) -> int:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "wabot.daemon.child",
            str(folder),
            str(self._data / tenant),
            self._options.dump(),
            # Nothing is ever written to this pipe: it closes when this process ends, however it ends, and the child
            # takes that as the order to stop.
            stdin=asyncio.subprocess.PIPE,
            # A Ctrl-C in the terminal goes to the whole process group; the children are told by us, in order.
            process_group=0,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        self._children[tenant] = child
        self._log.info("session started", tenant=tenant, pid=child.pid)
        if self._stopping.is_set():  # asked to stop while it was being born
            child.terminate()
        try:
            waiting = asyncio.create_task(child.wait())
            stopping = asyncio.create_task(self._stopping.wait())
            await asyncio.wait({waiting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            if not waiting.done():
                await asyncio.wait({waiting}, timeout=PATIENCE)
            if not waiting.done():
                self._log.error("the session did not stop in time and is killed", tenant=tenant)
                child.kill()
            return await waiting
        finally:
            del self._children[tenant]
