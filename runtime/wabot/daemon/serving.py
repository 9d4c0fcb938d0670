"""The API's process, kept running beside the sessions: the daemon holds the address, so that whoever asks while a new
process starts waits a moment instead of being refused."""

import asyncio
import importlib.util
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

from wabot.daemon.api_standing import ApiStanding, Sign, Status
from wabot.daemon.line import Listener
from wabot.daemon.listening import is_loopback
from wabot.daemon.restart import Policy, wait_after
from wabot.daemon.settings import Settings
from wabot.daemon.starting import environment
from wabot.daemon.structured import structlog
from wabot.model.errors import UsageError
from wabot.session.clock import RealClock

PROCESS: Final = "wabot.daemon.api_process"
"""The module of the API's process; what `ps` shows of it."""
_NEEDED: Final = ("argon2", "fastapi", "jwt", "multipart", "orjson", "ruamel.yaml", "socketio", "uvicorn")
_BACKLOG: Final = 1_024
_STEADY: Final = 60.0
"""Seconds of life after which earlier ends are forgotten."""
_LOOKS: Final = 6
_PATIENCE: Final = 15.0
"""Seconds that the process has to end what it answers."""
_BEAT: Final = 2.0
"""Seconds between two signs of life."""

Told = Callable[[ApiStanding], None]
"""Is handed how the API's process stands, whenever that changes."""


@asynccontextmanager
async def serving(settings: Settings, rules: Path, data: Path, policy: Policy, told: Told) -> AsyncIterator[None]:
    """Serve the API at the address of the settings, if there is one, until the block ends.

    Raises:
        UsageError: nobody can listen there, or the extra is not installed.
        TenantBusy: another daemon serves the API of this data.
        WabotError: the data folder cannot be written.
    """
    if not settings.api:
        yield
        return
    check_installed()
    log: Any = structlog.get_logger()
    with _bound(settings.api) as listening:
        host, port = listening.getsockname()[:2]
        address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        sign = Sign(data)

        def stands(standing: ApiStanding) -> None:
            sign.show(standing)
            told(standing)

        log.info("the API listens", address=address, documents="/docs")
        if not is_loopback(address):
            log.warning("the API speaks plain HTTP: put a proxy with TLS before it")
        process = _Process(rules, data, listening, policy, address, stands)
        running = asyncio.create_task(process.run())
        try:
            yield
        finally:
            process.stop()
            await running
            sign.end()


def check_installed() -> None:
    """
    Raises:
        UsageError: a library of the extra is missing.
    """
    for name in _NEEDED:
        found = False
        with suppress(ModuleNotFoundError):
            found = importlib.util.find_spec(name) is not None
        if not found:
            raise UsageError(f"the API needs the extra: pip install 'wabot[api]' ({name} is missing)")


def _bound(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, int(port)))
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        raise UsageError(f"api: {address} cannot be listened on: {error.strerror or error}") from error
    return listening


class _Process:
    """Starts the process, again and again with a growing wait, and ends it when it gives no sign of life."""

    def __init__(
        self, rules: Path, data: Path, listening: socket.socket, policy: Policy, address: str, stands: Told
    ) -> None:
        self._rules, self._data, self._listening, self._policy = rules, data, listening, policy
        self._address, self._stands = address, stands
        self._restarts, self._why = 0, ""
        self._child: asyncio.subprocess.Process | None = None
        self._stopping = asyncio.Event()
        self._missed = 0
        self._lives = False
        self._log: Any = structlog.get_logger()

    async def run(self) -> None:
        loop, ends = asyncio.get_running_loop(), 0
        while not self._stopping.is_set():
            began = loop.time()
            code = await self._once()
            if self._stopping.is_set():
                return
            ends = 1 if loop.time() - began > _STEADY else ends + 1
            wait = wait_after(self._policy, ends) / 1000
            self._restarts += 1
            self._log.error("the API's process died and is begun again", code=code, wait=wait)
            self._stand("restarting", detail=self._why or _ending(code))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), wait)

    def stop(self) -> None:
        self._stopping.set()

    def _stand(self, status: Status, detail: str = "") -> None:
        pid = None if self._child is None else self._child.pid
        self._stands(ApiStanding(self._address, status, RealClock().now(), pid, self._restarts, detail))

    async def _once(self) -> int:
        listener = Listener("", self._heard)
        self._missed, self._lives, self._why = 0, False, ""
        try:
            options = {"line": listener.far_end, "listening": self._listening.fileno(), "beat": _BEAT}
            child = self._child = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                PROCESS,
                str(self._rules),
                str(self._data),
                json.dumps(options),
                pass_fds=(listener.far_end, self._listening.fileno()),
                stdin=asyncio.subprocess.PIPE,
                process_group=0,
                env=environment(),
            )
            listener.born()
            self._log.info("the API's process started", pid=child.pid)
            if not self._restarts:
                self._stand("starting")
            return await self._ended(child)
        except OSError as error:  # no memory, no descriptors: that passes
            self._log.error("the API's process could not be started", error=str(error))
            self._why = f"it could not be started: {error.strerror or error}"
            return 1
        finally:
            listener.close()
            self._child = None

    async def _ended(self, child: asyncio.subprocess.Process) -> int:
        waiting = asyncio.create_task(child.wait())
        stopping = asyncio.create_task(self._stopping.wait())
        looking = asyncio.create_task(self._look(child))
        await asyncio.wait({waiting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        looking.cancel()
        stopping.cancel()
        if not waiting.done():
            with suppress(ProcessLookupError):
                child.send_signal(signal.SIGTERM)
            await asyncio.wait({waiting}, timeout=_PATIENCE)
        if not waiting.done():
            with suppress(ProcessLookupError):
                child.kill()
        return await waiting

    async def _look(self, child: asyncio.subprocess.Process) -> None:
        """As for sessions, looks are counted and not the clock: a daemon that was itself held up blames nobody."""
        while True:
            await asyncio.sleep(self._policy.silence / _LOOKS / 1000)
            self._missed += 1
            if self._missed > _LOOKS * (1 if self._lives else 5):
                self._log.error("the API's process gives no sign of life and is killed")
                self._why = "it gave no sign of life and was killed"
                with suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)

    def _heard(self, _nobody: str, kind: str, news: Mapping[str, Any]) -> None:
        if kind == "failed":
            self._why = str(news.get("why", ""))
            return
        if kind == "serving":
            self._stand("serving")
        self._missed, self._lives = 0, True


def _ending(code: int) -> str:
    return f"it was killed by signal {-code}" if code < 0 else f"it ended with code {code}"
