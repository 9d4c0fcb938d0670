"""Starts a session process for every tenant there is, follows new and removed ones, and stops them all. It knows
nothing of WhatsApp, of rules or of stores: a tenant's trouble stays in that tenant's process."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Final

from wabot.daemon.discovery import Discovery
from wabot.daemon.line import Heard
from wabot.daemon.logs import LogReport
from wabot.daemon.notify import Systemd
from wabot.daemon.numbers import Numbers
from wabot.daemon.options import RunOptions
from wabot.daemon.presence import Presence
from wabot.daemon.restart import DONE, USUAL, Policy
from wabot.daemon.runner import LOOKS, Household, Runner
from wabot.daemon.standing import Standing, write_standing
from wabot.daemon.starting import Spawning, Starter
from wabot.daemon.structured import structlog
from wabot.lint.numbers import same_number
from wabot.model.masked import masked_within
from wabot.session.clock import RealClock
from wabot.session.forever import forever

_TOGETHER: Final = 1.0
"""Seconds within which two signals to stop are one."""
_RELOAD: Final = 30.0
"""Seconds that the sessions have to read their rules before a reload counts as done."""
_APPEAR: Final = 10.0
_STEP: Final = 0.05
_REFUSED: Final = "Give one of them another `phone` in its tenant.yaml, or remove its folder."


class Supervisor:
    """Runs the tenants in `path`, each with its data in `data/<tenant>`. `heard` is handed what sessions tell, `alarm`
    what people must know of: a tenant, and how it stands. `starter` makes the processes.

    Raises:
        OSError: the data folder cannot be written.
    """

    def __init__(
        self,
        path: Path,
        data: Path,
        options: RunOptions,
        policy: Policy = USUAL,
        heard: Heard | None = None,
        alarm: Callable[[str, Standing], None] | None = None,
        starter: Starter | None = None,
    ) -> None:
        self._data, self._options, self._policy = data, options, policy
        self._heard = heard or (lambda _tenant, _kind, _news: None)
        self._alarm = alarm or (lambda _tenant, _standing: None)
        self._clock = RealClock()
        self._discovery = Discovery(path, data)
        self._systemd = Systemd(os.environ)
        self._presence = Presence(data)
        self._numbers = Numbers()
        self._terminal = os.isatty(0)
        self._asked = 0.0
        self._stopping = self._once_more = False
        self._changed = asyncio.Event()
        self._runners: dict[str, tuple[Runner, asyncio.Task[int]]] = {}
        self._held: dict[str, str] = {}
        """Tenant → the number that it has."""
        self._refused: dict[str, str] = {}
        """Tenant → why it is not started."""
        self._ended: dict[str, int] = {}
        self._codes: dict[str, int] = {}
        self._reloading: asyncio.Task[None] | None = None
        hooks = (self._hear, self._raise, self._changed.set, self._may_run)
        self._shared = Household(data, options, policy, *hooks, self._presence.alone, starter or Spawning())
        self._log: Any = structlog.get_logger()

    async def run(self) -> int:
        """Returns the exit code: 0 when every session ended as it should."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        loop.add_signal_handler(signal.SIGHUP, self._hang_up)
        loops: list[Callable[[], Awaitable[None]]] = [self._look, self._appear]
        if not self._options.until_idle:
            loops.append(self._follow)
        if self._systemd.watchdog is not None:
            loops.append(partial(self._systemd.reassure, self._systemd.watchdog / 2))
        note = LogReport("").note
        tasks: list[asyncio.Task[None]] = [asyncio.create_task(forever(one, note, "the supervisor")) for one in loops]
        try:
            self._settle()
            while not self._over():
                await self._changed.wait()
                self._changed.clear()
                self._settle()
        finally:
            for task in [*tasks, *filter(None, [self._reloading])]:
                task.cancel()
            self._presence.end()
        return 0 if all(code == DONE for code in self._codes.values()) and not self._refused else 1

    def _over(self) -> bool:
        """Whether nothing runs, and nothing will. Without any tenant, one may come; one that is held may go on."""
        if self._runners:
            return False
        return self._stopping or self._options.until_idle or bool(self._ended)

    def _settle(self) -> None:
        """Start what is missing, end what is not wanted, and note what has ended."""
        wanted = self._discovery.tenants
        for tenant, (runner, task) in list(self._runners.items()):
            if task.done():
                self._note_end(tenant, runner, task)
            elif tenant not in wanted and not runner.leaving:
                self._log.info("the tenant's folder is gone: its session ends, its data stays", tenant=tenant)
                runner.stop()
        for tenant in [*self._refused, *self._ended]:
            if tenant not in wanted:
                self._ended.pop(tenant, None)
                self._allow(tenant)
        if not self._stopping:
            for tenant in sorted(wanted):
                self._want(tenant, wanted[tenant])
        self._tell_systemd()

    def _want(self, tenant: str, folder: Path) -> None:
        if tenant in self._ended:
            return
        if tenant not in self._runners:
            if self._may_have_its_number(tenant, folder):
                self._start(tenant, folder)
        elif tenant in self._refused and self._may_have_its_number(tenant, folder):
            self._runners[tenant][0].anew("its number is free now")

    def _start(self, tenant: str, folder: Path) -> None:
        runner = Runner(tenant, folder, self._shared)
        task = asyncio.create_task(runner.run())
        task.add_done_callback(lambda _: self._changed.set())
        self._runners[tenant] = (runner, task)

    def _note_end(self, tenant: str, runner: Runner, task: "asyncio.Task[int]") -> None:
        del self._runners[tenant]
        self._held.pop(tenant, None)
        error = task.exception()
        if error is not None:
            self._log.error("the supervisor failed this tenant", tenant=tenant, error=repr(error))
        code = 1 if error is not None else task.result()
        if self._stopping or not (runner.leaving or runner.refused):
            self._codes[tenant] = code
        if not runner.leaving and not runner.refused:
            self._ended[tenant] = code
        elif runner.leaving and not self._stopping:
            self._heard(tenant, "removed", {})

    def _may_run(self, tenant: str) -> bool:
        folder = self._discovery.tenants.get(tenant)
        return folder is None or self._may_have_its_number(tenant, folder)

    def _may_have_its_number(self, tenant: str, folder: Path) -> bool:
        """Give the tenant the number in its file, unless another has it."""
        number = self._numbers.of(folder)
        other = next((name for name, has in self._held.items() if name != tenant and number and has == number), "")
        if not other:
            self._held[tenant] = number
            self._allow(tenant)
            return True
        if tenant not in self._runners and self._goes(other):
            return False  # the other's folder was renamed, most likely to this one's: its session is about to end
        why = same_number(tenant, other, number)
        standing = Standing("refused", self._clock.now(), f"{why}.", _REFUSED)
        if self._refused.get(tenant) != why:
            self._refused[tenant] = why
            self._log.error(f"the tenant is refused: {masked_within(why)}", tenant=tenant, action=_REFUSED)
            self._stand(tenant, standing)
            self._raise(tenant, standing)
        elif tenant in self._runners and self._runners[tenant][0].standing is None:
            self._stand(tenant, standing)  # its session, which went on with the number that it had, has crashed since
        return False

    def _goes(self, tenant: str) -> bool:
        folder = self._discovery.tenants.get(tenant)
        return folder is None or not (folder / "tenant.yaml").exists()

    def _allow(self, tenant: str) -> None:
        if self._refused.pop(tenant, None) is not None:
            self._stand(tenant, None)

    def _stand(self, tenant: str, standing: Standing | None) -> None:
        if tenant in self._runners:
            self._runners[tenant][0].stand(standing)
        else:
            if standing is not None:
                self._heard(tenant, "standing", asdict(standing))
            if self._presence.alone:
                with suppress(OSError):
                    write_standing(self._data / tenant, standing)

    def _hear(self, tenant: str, kind: str, news: Mapping[str, Any]) -> None:
        folder = self._discovery.tenants.get(tenant)
        if kind == "anew" and folder is not None and self._may_have_its_number(tenant, folder):
            self._runners[tenant][0].anew(str(news.get("why", "it asked for it")))
        try:
            self._heard(tenant, kind, news)
        except Exception as error:  # whoever listens must not cost a tenant its session
            self._log.error("news of a session were not taken", kind=kind, error=repr(error))

    def _raise(self, tenant: str, standing: Standing) -> None:
        try:
            self._alarm(tenant, standing)
        except Exception as error:
            self._log.error("an alarm was not taken", tenant=tenant, error=repr(error))

    async def _follow(self) -> None:
        async for changed in self._discovery.changes():
            owners = {self._discovery.owner(file) for file in changed}
            self._free(self._runners if None in owners else [name for name in owners if name])
            self._changed.set()

    def _free(self, tenants: Collection[str]) -> None:
        """Start what is held of these: somebody has done something about it."""
        for tenant in tenants:
            if tenant in self._runners and self._runners[tenant][0].again():
                self._log.info("the tenant is tried again", tenant=tenant)

    async def _look(self) -> None:
        """Find the sessions that hang."""
        while True:
            await asyncio.sleep(self._policy.silence / LOOKS / 1000)
            for runner, _ in self._runners.values():
                runner.look()

    async def _appear(self) -> None:
        while True:
            self._presence.beat()
            await asyncio.sleep(_APPEAR)

    def _tell_systemd(self) -> None:
        runners = [runner for runner, _ in self._runners.values()]
        status = f"{sum(runner.lives for runner in runners)} of {len(self._discovery.tenants)} sessions run"
        held = [f"{runner.tenant} {runner.standing.status}" for runner in runners if runner.standing is not None]
        status = "; ".join([status, *held, *(f"{tenant} refused" for tenant in self._refused)])
        if not self._stopping:
            self._systemd.stands(status, settled=all(runner.settled.is_set() for runner in runners))

    def stop(self) -> None:
        """Let every session finish what it does, and end; asked again, end them as they are."""
        now = asyncio.get_running_loop().time()
        if self._stopping:
            if now - self._asked < _TOGETHER:  # `timeout` and terminals tell the process and its group: one wish
                return
            self._log.warning("asked twice to stop: killing what is left")
            for runner, _ in self._runners.values():
                runner.kill()
            return
        self._asked = now
        self._stopping = True
        self._systemd.stopping()
        self._log.info("stopping")
        for runner, _ in self._runners.values():
            runner.stop()
        self._changed.set()

    def _hang_up(self) -> None:
        """SIGHUP: a person's order to read everything anew; or the end of the terminal that we were started in."""
        if self._terminal and not os.isatty(0):
            self.stop()
        elif self._reloading is not None and not self._reloading.done():
            self._once_more = True
        else:
            self._reloading = asyncio.create_task(self._reload())

    async def _reload(self) -> None:
        self._log.info("reading everything anew")
        self._systemd.reloading()
        self._ended.clear()
        self._discovery.look()
        runners = [runner for runner, _ in self._runners.values()]
        before = {runner: runner.reloads for runner in runners if runner.reload()}
        self._free([runner.tenant for runner in runners])
        self._changed.set()
        waited = 0.0
        while waited < _RELOAD and any(one.lives and one.reloads == count for one, count in before.items()):
            await asyncio.sleep(_STEP)
            waited += _STEP
        self._systemd.ready()
        if self._once_more:
            self._once_more = False
            await self._reload()
