"""One tenant's session, put together: what it does at the start, while it runs, and when it stops."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from wabot.language.rule_set import AutoReply
from wabot.model.session import SessionState
from wabot.ports import Channel, Clock, Store
from wabot.session.inbound import Inbound
from wabot.session.live import LiveRules
from wabot.session.report import Report
from wabot.session.sender import Sender
from wabot.session.turns import Turns

CLOSE: Final = 3.0
"""Seconds for the channel to end when the session stops."""
DRAIN: Final = 8.0
"""Seconds for deciding what is journalled by then; the rest is taken up at the next start."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a session finds its rules (the tenant's folder) and keeps its data (`data/<tenant>`)."""

    rules: Path
    data: Path


class Session:
    """Runs one tenant until its channel ends or `stop` is called. `hurry` leaves delays out; `watch` follows changes of
    the rules. `make_channel` is called once the rules are sound: the channel needs the tenant's number."""

    def __init__(
        self,
        place: Place,
        store: Store,
        make_channel: Callable[[LiveRules], Channel],
        clock: Clock,
        report: Report,
        *,
        hurry: bool = False,
        watch: bool = True,
        chance: random.Random | None = None,
    ) -> None:
        self._store, self._make_channel, self._clock, self._report = store, make_channel, clock, report
        self._hurry, self._watch = hurry, watch
        self._chance = chance or random.Random()
        self._stop = asyncio.Event()
        self.live = LiveRules(place.rules, place.data, clock, report, store.save_reload)
        self._connected = asyncio.Event()
        self.state = SessionState("starting")

    def stop(self) -> None:
        """Ask the session to stop: what is journalled is decided, what is being sent ends, what waits stays queued."""
        self._stop.set()

    async def run(self, *, wait_for_rules: bool = True) -> bool:
        """Returns True when the session ended as it should, False when it never had rules to run on."""
        await self._told(SessionState("starting"))
        watching = None
        try:
            sound = await self.live.load()
            if not sound and not wait_for_rules:
                return False
            if self._watch:
                watching = asyncio.create_task(self.live.watch())
            if not sound:
                action = "mend the files; wabot notices by itself"
                await self._told(SessionState("rules_invalid", "the rules have errors", action))
                await self._either(self.live.ready.wait())
            if self.live.ready.is_set() and not self._stop.is_set():
                await self._serve()
            return True
        finally:
            if watching is not None:
                watching.cancel()
                with suppress(asyncio.CancelledError):
                    await watching
            if not self.state.action or self.state.status == "rules_invalid":
                await self._told(SessionState("stopped"))

    async def _serve(self) -> None:
        channel = self._make_channel(self.live)
        sender = Sender(self._store, channel, self._connected, self._clock, self._settings, self._report)
        turns = Turns(self._store, self._clock, self.live.rule_set, self._report, self._chance, hurry=self._hurry)
        inbound = Inbound(self._store, self._clock, turns, sender, self._report, self._told)
        for lost in await self._store.abandon(self._clock.now()):
            self._report.note("nobody knows whether a reply went out", level="warning", outbound=lost.id)
        sender.add(await self._store.queued())
        inbound.know(await self._store.pairs())
        running = None
        looking = asyncio.create_task(sender.look())
        try:
            # A chat whose message may have killed the process comes alone: a crash must not count against others.
            undecided = await self._store.undecided()
            for chat in dict.fromkeys(suspect.chat for suspect in await self._store.suspects()):
                inbound.take_up(*(message for message in undecided if message.chat == chat))
                await self._either(inbound.drain())
                undecided = [message for message in undecided if message.chat != chat]
                if self._stop.is_set():
                    return
            inbound.take_up(*undecided)
            running = asyncio.create_task(channel.run(inbound))
            await self._either(running)
            if running.done():
                running.result()
        finally:
            looking.cancel()
            # Intake first, or what is decided here would never end.
            await channel.close()
            if running is not None:
                with suppress(asyncio.CancelledError, Exception):
                    await asyncio.wait_for(running, CLOSE)
            with suppress(TimeoutError):  # a store that is down must not keep the process from ending
                await asyncio.wait_for(inbound.drain(), DRAIN)
            await sender.stop()

    async def _either(self, what: asyncio.Task[Any] | Coroutine[Any, Any, Any]) -> None:
        """Return when `what` is done or the session shall stop."""
        stopping = asyncio.create_task(self._stop.wait())
        doing = what if isinstance(what, asyncio.Task) else asyncio.create_task(what)
        try:
            await asyncio.wait({stopping, doing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            if doing is not what:
                doing.cancel()

    def _settings(self) -> AutoReply:
        return self.live.rule_set().tenant.auto_reply

    async def _told(self, state: SessionState) -> None:
        self.state = state
        if state.status == "connected":
            self._connected.set()
        else:
            self._connected.clear()
        level = "warning" if state.action or state.status == "disconnected" else "info"
        details = {key: value for key, value in (("detail", state.detail), ("action", state.action)) if value}
        self._report.note(state.status, level=level, **details)
        await self._store.save_state(state, self._clock.now())
