"""Keeps one tenant's session process running: starts it, listens to it, starts it again when it dies or hangs, and
holds it back when that is of no use."""

import asyncio
import random
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from wabot.daemon.line import Heard, Listener
from wabot.daemon.options import RunOptions
from wabot.daemon.restart import DONE, GO_ON, NEEDS_A_PERSON, Life, Policy, Verdict, judge
from wabot.daemon.standing import Standing, write_standing
from wabot.daemon.starting import Child, Order, Spawning, Starter
from wabot.daemon.structured import structlog
from wabot.model.masked import masked_within
from wabot.session.clock import RealClock

LOOKS: Final = 6
"""Times that the supervisor looks for a sign of life within the policy's `silence`."""
_BEAT: Final = 5.0
"""Seconds between two signs of life, at most."""
PATIENCE: Final = 45.0
"""Seconds that a session has to stop before it is killed: longer than all that it may wait for itself, or a send that
hangs would be cut off (tests/daemon/test_patience.py adds it up)."""
_REMEMBERED: Final = 10
_AT_BIRTH: Final = 5
"""How many times longer a session that starts may be silent: a machine that boots starts them all at once."""


@dataclass(frozen=True, slots=True)
class Household:
    """What all runners of a supervisor share. `heard` is handed all that sessions tell, `alarm` what people must know
    of: a tenant and how it stands; `may_run` is asked before each start. `alone`: no other daemon works on this
    data. `starter` makes the processes."""

    data: Path
    options: RunOptions
    policy: Policy
    heard: Heard
    alarm: Callable[[str, Standing], None]
    changed: Callable[[], None]
    may_run: Callable[[str], bool]
    alone: bool = True
    starter: Starter = field(default_factory=Spawning)


class Runner:
    """The session of the tenant in `folder`. `standing` is what is wrong with it, None while all is well."""

    def __init__(self, tenant: str, folder: Path, shared: Household, chance: random.Random | None = None) -> None:
        self.tenant, self.folder = tenant, folder
        self.standing: Standing | None = None
        self.settled = asyncio.Event()
        """Set once the first process has given a sign of life, or has ended."""
        self.reloads = 0
        """Outcomes of reloads that were told."""
        self.refused = False
        """Whether it has ended because it may not run as it is written now."""
        self.lives = False
        """Whether a process runs that has given a sign of life."""
        self._shared, self._chance = shared, chance or random.Random()
        self._clock = RealClock()
        self._child: Child | None = None
        self._living = False
        """Whether there is a session, be it only being born."""
        self._stopping = False
        self._leave = asyncio.Event()
        self._again = asyncio.Event()
        self._anew = ""
        self._missed, self._hung = 0, False
        self._state: Mapping[str, Any] = {}
        self._log: Any = structlog.get_logger().bind(tenant=tenant)

    async def run(self) -> int:
        """Run until told to stop, or until the session has ended for good; returns the session's last exit code."""
        self._stand(None)
        lives: list[Life] = []
        while True:
            if not self._shared.may_run(self.tenant):
                self.refused = True
                return DONE
            began = _monotonic()
            code = await self._once()
            self.settled.set()
            if self._stopping:
                # Told to stop before it could listen, or listening, or while it waited for a person: all are what was
                # asked for.
                return DONE if code in (DONE, NEEDS_A_PERSON, -signal.SIGTERM) else code
            if self._anew:
                self._log.info(f"the session starts anew: {self._anew}")
                self._anew, lives = "", []
                continue
            lives = [*lives[1 - _REMEMBERED :], Life(began, _monotonic(), self._hung)]
            verdict = judge(
                code,
                lives,
                self._chance,
                self._shared.policy,
                alone=self._shared.alone,
                state=str(self._state.get("status", "")),
            )
            if verdict.then == "end" or (verdict.then == "hold" and self._shared.options.until_idle):
                tell = self._log.info if code == DONE else self._log.error
                tell(f"the session ended: {verdict.why}")
                self._shared.heard(self.tenant, "ended", {"code": code, "why": verdict.why})
                return code
            if await self._wait(code, verdict):
                lives = []
            if self._stopping:
                return DONE

    @property
    def leaving(self) -> bool:
        """Whether it was told to stop."""
        return self._stopping

    def stop(self) -> None:
        """Let the session finish what it does, and end. Asked again, nothing more happens."""
        if not self._stopping:
            self._stopping = True
            self._again.set()
            self._dismiss()

    def kill(self) -> None:
        """End the session as it is."""
        self._signal(signal.SIGKILL)

    def again(self) -> bool:
        """Start the session that is held back, or waits after a crash, now. False when it is not held."""
        held = self.standing is not None and self.standing.status in ("parked", "needs_a_person")
        if held:
            self._again.set()
        return held

    def anew(self, why: str) -> None:
        """Let the session that runs, or is being born, end, and start another in its place. Without one there is
        nothing to do: the next one starts anew anyway."""
        if self._living:
            self._anew = why
            self._dismiss()

    def reload(self) -> bool:
        """Tell a running session to read its rules; False when none runs that would understand."""
        return self.lives and self._signal(signal.SIGHUP)

    def look(self) -> None:
        """To be called `LOOKS` times within the policy's `silence`; a session that was silent all along is killed. It
        is looks that count and not the clock: a supervisor that was itself held up blames nobody."""
        if self._child is None:
            return
        self._missed += 1
        if self._missed > LOOKS * (1 if self.lives else _AT_BIRTH) and not self._hung:
            self._hung = True
            self._log.error("the session gives no sign of life and is killed")
            self.kill()

    def stand(self, standing: Standing | None) -> None:
        """Note how the tenant stands, although its session runs."""
        self._stand(standing)

    async def _wait(self, code: int, verdict: Verdict) -> bool:
        """Wait as the verdict says; True when somebody cut that short, so that the past is forgotten."""
        now = self._clock.now()
        if verdict.then == "again":
            self._log.error(f"the session died: {verdict.why}")
            self._stand(Standing("restarting", now, f"the session died: {verdict.why}"))
        elif verdict.parked:
            action = verdict.action.replace("TENANT", self.tenant)
            self._log.error(f"the session is parked: {verdict.why}", action=action)
            self._stand(Standing("parked", now, verdict.why, action))
        else:
            detail = str(self._state.get("detail") or verdict.why)
            action = f"{self._state.get('action') or 'See `wabot status`.'} Where that starts nothing: {GO_ON}."
            self._log.error(f"the session ended: {verdict.why}", detail=masked_within(detail), action=action)
            self._stand(Standing("needs_a_person", now, detail, action))
        if verdict.then == "hold" and self.standing is not None:
            self._shared.alarm(self.tenant, self.standing)
        with suppress(TimeoutError):
            timeout = verdict.wait / 1000 if verdict.then == "again" else None
            await asyncio.wait_for(self._again.wait(), timeout)
        cut_short = self._again.is_set()
        if not self._stopping:  # what was said about a parked tenant stays true when the supervisor ends
            self._again.clear()
            self._stand(None)
        return cut_short

    async def _once(self) -> int:
        """One life of the session; returns its exit code."""
        self._missed, self._hung, self._state = 0, False, {}
        self._leave.clear()
        self._living = True
        listener = None
        try:
            listener = Listener(self.tenant, self._heard)
            self._child = await self._born(listener)
            return await self._ended(self._child)
        except OSError as error:  # no memory, no descriptors: that passes, and must not end the others
            self._log.error("the session could not be started", error=str(error))
            return 1
        finally:
            if listener is not None:
                listener.close()
            self._child, self._living, self.lives = None, False, False
            self._shared.changed()

    async def _born(self, listener: Listener) -> Child:
        beat = min(_BEAT, self._shared.policy.silence / 1000 / LOOKS / 2)
        options = replace(self._shared.options, beat=beat)
        child = await self._shared.starter.start(
            Order(self.folder, self._shared.data / self.tenant, options, listener.far_end)
        )
        listener.born()
        self._log.info("session started", pid=child.pid)
        self._shared.heard(self.tenant, "started", {"pid": child.pid})
        return child

    async def _ended(self, child: Child) -> int:
        if self._leave.is_set():  # asked to leave while it was being born
            self._dismiss()
        waiting = asyncio.create_task(child.wait())
        leaving = asyncio.create_task(self._leave.wait())
        await asyncio.wait({waiting, leaving}, return_when=asyncio.FIRST_COMPLETED)
        leaving.cancel()
        if not waiting.done():
            await asyncio.wait({waiting}, timeout=PATIENCE)
        if not waiting.done():
            self._log.error("the session did not stop in time and is killed")
            self.kill()
        return await waiting

    def _heard(self, tenant: str, kind: str, news: Mapping[str, Any]) -> None:
        self._missed = 0
        if not self.lives and self._child is not None:
            self.lives = True
            self.settled.set()
            self._shared.changed()
        if kind == "state":
            self._state = news
        elif kind == "reload":
            self.reloads += 1
            self._shared.changed()
        self._shared.heard(tenant, kind, news)

    def _stand(self, standing: Standing | None) -> None:
        self.standing = standing
        if standing is not None:
            self._shared.heard(self.tenant, "standing", asdict(standing))
        try:
            if self._shared.alone:
                write_standing(self._shared.data / self.tenant, standing)
        except OSError as error:  # a full disk must not keep the session from being started again
            self._log.warning("how the tenant stands could not be written", error=str(error))
        self._shared.changed()

    def _dismiss(self) -> None:
        self._leave.set()
        self._signal(signal.SIGTERM)

    def _signal(self, number: signal.Signals) -> bool:
        if self._child is None:
            return False
        with suppress(ProcessLookupError):
            self._child.send_signal(number)
            return True
        return False


def _monotonic() -> int:
    """Milliseconds: the machine's clock may jump, and five crashes in a day must not look like five in a minute."""
    return round(asyncio.get_running_loop().time() * 1000)
