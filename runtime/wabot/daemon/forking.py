"""Sessions forked from a process that has imported what they need (daemon/nursery.py), as the supervisor sees them.

The sessions are children of this process and not of the nursery: what kills the nursery ends none of them, and another
is started with the next session. While none can be had, sessions are started the plain way.
"""

import asyncio
import ctypes
import json
import os
import signal
import socket
import sys
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any, Final

from wabot.daemon.nursery import LONGEST, ROOM
from wabot.daemon.options import ChannelName
from wabot.daemon.starting import Child, Order, Spawning, environment
from wabot.daemon.structured import structlog

_MODULE: Final = "wabot.daemon.nursery"
_READY: Final = 60.0
"""Seconds that a nursery has for its imports: a machine that boots is slow."""
_BIRTH: Final = 20.0
_END: Final = 5.0
_STARTS: Final = 3
_WITHIN: Final = 60.0
"""Seconds within which so many nurseries are started, at most."""
_REST: Final = 600.0
"""Seconds of plain starts after one that hung: each start would wait for the next to hang, one after the other."""
_BURY: Final = 30.0
_SUBREAPER: Final = 36
"""PR_SET_CHILD_SUBREAPER of prctl(2)."""


class Lost(Exception):
    """The nursery is gone, or does not answer."""


class Hung(Lost):
    """It does not answer."""


class Forked:
    """A forked session: a child of ours, known by a descriptor (pidfd) that no other process can ever be meant by."""

    def __init__(self, pid: int, stdin: int) -> None:
        self.pid = pid
        self._stdin = stdin
        self._descriptor = os.pidfd_open(pid)
        loop = asyncio.get_running_loop()
        self._code: asyncio.Future[int] = loop.create_future()
        loop.add_reader(self._descriptor, self._ended)

    @property
    def returncode(self) -> int | None:
        return self._code.result() if self._code.done() else None

    async def wait(self) -> int:
        return await asyncio.shield(self._code)

    def send_signal(self, number: int, /) -> None:
        if self._code.done():
            raise ProcessLookupError
        signal.pidfd_send_signal(self._descriptor, number)

    def _ended(self) -> None:
        asyncio.get_running_loop().remove_reader(self._descriptor)
        code = 1
        with suppress(ChildProcessError):
            code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self._descriptor)
        os.close(self._stdin)
        self._code.set_result(code)


class Nursery:
    """One forking process. Orders are given one after the other."""

    def __init__(self, process: asyncio.subprocess.Process, near: socket.socket) -> None:
        self.process, self._near = process, near

    @classmethod
    async def start(cls, channel: ChannelName) -> "Nursery":
        """Raises Lost, and OSError when there can be no process."""
        near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        near.setblocking(False)
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                _MODULE,
                str(far.fileno()),
                channel,
                ROOM,
                pass_fds=(far.fileno(),),
                stdin=asyncio.subprocess.DEVNULL,
                process_group=0,
                env=environment(),
            )
        except BaseException:
            near.close()
            raise
        finally:
            far.close()
        nursery = cls(process, near)
        try:
            await nursery._answer(_READY)
        except BaseException:
            await nursery.end()
            raise
        return nursery

    async def fork(self, order: Order) -> Forked:
        """Raises Lost, and OSError when there can be no process."""
        asked = json.dumps({"words": order.words()}).encode()
        ear, mouth = os.pipe()
        try:
            if len(asked) > LONGEST:
                raise Lost("the order is too long")
            try:
                socket.send_fds(self._near, [asked], [ear, order.line])
            except OSError as error:
                raise Lost(str(error)) from None
            answer = await self._answer(_BIRTH)
            if "error" in answer:
                raise OSError(answer["error"], os.strerror(answer["error"]))
            return Forked(answer["pid"], mouth)
        except BaseException:
            os.close(mouth)
            raise
        finally:
            os.close(ear)

    async def end(self) -> None:
        """Ask it to end, and see that it does."""
        self._near.close()
        try:
            await asyncio.wait_for(self.process.wait(), _END)
        except TimeoutError:
            with suppress(ProcessLookupError):
                self.process.kill()
            await self.process.wait()

    async def _answer(self, patience: float) -> Mapping[str, Any]:
        try:
            async with asyncio.timeout(patience):
                said = await asyncio.get_running_loop().sock_recv(self._near, LONGEST)
        except TimeoutError:
            raise Hung(f"it gave no answer for {patience:g} s") from None
        except OSError as error:
            raise Lost(str(error)) from None
        if not said:
            raise Lost("it has ended")
        answer: Mapping[str, Any] = json.loads(said)
        return answer


class Forking:
    """Forks sessions where that can be done, and spawns them where it cannot."""

    def __init__(self, channel: ChannelName) -> None:
        self._channel: ChannelName = channel
        self._plainly = Spawning()
        self._nursery: Nursery | None = None
        self._turn = asyncio.Lock()
        self._starts: list[float] = []
        self._plainly_until = 0.0
        self._able = _able()
        self._closing = False
        self._watching: set[asyncio.Task[None]] = set()
        self._ours: list[Child] = []
        self._log: Any = structlog.get_logger()
        self._burying = asyncio.create_task(self._bury())

    async def start(self, order: Order) -> Child:
        async with self._turn:
            child = await self._forked(order) or await self._plainly.start(order)
            self._ours = [*(one for one in self._ours if one.returncode is None), child]
            return child

    async def close(self) -> None:
        self._closing = True
        self._burying.cancel()
        async with self._turn:
            if self._nursery is not None:
                await self._nursery.end()
        await asyncio.gather(*self._watching)
        if self._able:
            _adopt(False)

    async def _forked(self, order: Order) -> Child | None:
        """None when it must be done the plain way."""
        for _ in range(2):  # the one that was at hand may have just died
            nursery = await self._have()
            if nursery is None:
                return None
            try:
                return await nursery.fork(order)
            except Lost as error:
                self._log.warning("no session can be forked", why=str(error))
                await self._drop(nursery)
            except asyncio.CancelledError:  # its answer would be taken for that to the next order
                await self._drop(nursery)
                raise
        return None

    async def _have(self) -> Nursery | None:
        now = asyncio.get_running_loop().time()
        if self._nursery is None and self._able and not self._closing and now >= self._plainly_until:
            self._starts = [at for at in self._starts if now - at < _WITHIN]
            if len(self._starts) >= _STARTS:
                return None
            self._starts.append(now)
            try:
                self._nursery = await Nursery.start(self._channel)
            except (Lost, OSError) as error:
                self._log.warning("sessions are started one by one: none can be forked", why=str(error))
                if isinstance(error, Hung):
                    self._plainly_until = asyncio.get_running_loop().time() + _REST
                return None
            self._log.debug("sessions are forked", pid=self._nursery.process.pid)
            task = asyncio.create_task(self._mourn(self._nursery))
            self._watching.add(task)
            task.add_done_callback(self._watching.discard)
        return self._nursery

    async def _drop(self, nursery: Nursery) -> None:
        if self._nursery is nursery:
            self._nursery = None
        await nursery.end()

    async def _mourn(self, nursery: Nursery) -> None:
        code = await nursery.process.wait()
        if self._nursery is nursery and not self._closing:
            self._nursery = None
            self._log.warning(
                "the process that sessions are forked from has died: they live on, and the next start makes another",
                code=code,
            )

    async def _bury(self) -> None:
        dead = 0
        while True:
            await asyncio.sleep(_BURY)
            dead = bury(dead, {one.pid for one in self._ours if one.returncode is None})


def bury(dead: int, ours: Collection[int]) -> int:
    """Orphans of our descendants are ours to wait for, or they stay as zombies. Whoever waits for a child of its own
    does so at once, so what was dead in the last round (`dead`) and still is has nobody. Returns who is dead now."""
    with suppress(ChildProcessError):
        while (seen := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) is not None:
            if seen.si_pid != dead or dead in ours:
                return seen.si_pid
            os.waitpid(dead, os.WNOHANG)
    return 0


def _able() -> bool:
    if sys.platform != "linux":
        return False
    try:
        os.close(os.pidfd_open(os.getpid()))
        return _adopt(True)
    except (AttributeError, OSError):
        return False


def _adopt(orphans: bool) -> bool:
    """Whether orphans among our descendants become our children; False when that cannot be had."""
    return bool(ctypes.CDLL(None).prctl(_SUBREAPER, int(orphans), 0, 0, 0) == 0)
