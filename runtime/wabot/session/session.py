"""One tenant's session, put together: what it does at the start, while it runs, and when it stops."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from wabot.engine.load import load_tenant
from wabot.language.rule_set import AutoReply, MediaSettings, Tenant
from wabot.language.tenant import Loaded
from wabot.model.errors import ChannelError, StoreError
from wabot.model.message import Message
from wabot.model.session import Reload, SessionState
from wabot.ports import Acquainted, Channel, Clock, Hastened, MediaSource, Observant, Patient, ReadMarker, Store
from wabot.session.alarms import broken_rules
from wabot.session.downloads import Downloads
from wabot.session.follow_ups import FollowUps
from wabot.session.forever import forever
from wabot.session.handoff import look
from wabot.session.histories import Histories
from wabot.session.inbound import Inbound
from wabot.session.insisting import Newest, insist
from wabot.session.jobs import JOBS, Job, Jobs
from wabot.session.keys_backup import KeysBackup
from wabot.session.live import LiveRules
from wabot.session.marking import Marking
from wabot.session.report import Report
from wabot.session.restraints import Restraints
from wabot.session.sender import Sender
from wabot.session.turns import Turns

Result = TypeVar("Result")
CLOSE: Final = 8.0
"""Seconds for the channel to deliver what came, and to end, when the session stops."""
DRAIN: Final = 8.0
"""Seconds for deciding what is journalled by then; the rest is taken up at the next start."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a session finds its rules (the tenant's folder) and keeps its data (`data/<tenant>`)."""

    rules: Path
    data: Path


class Session:
    """Runs one tenant until its channel ends or `stop` is called. `hurry` leaves delays out; `watch` follows changes of
    the rules. `make_channel` is called once the rules are sound: the channel needs the tenant's number. With a clock
    that is `scripted`, nothing happens at a time by itself: whoever moves the clock calls `play_until`. `news` hears of
    every state and every reload; `load` reads a tenant's folder; `keys` backs up the channel's keys;
    `before` is waited for before each message is decided."""

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
        scripted: bool = False,
        chance: random.Random | None = None,
        news: Callable[[SessionState | Reload], None] | None = None,
        load: Callable[[Path], Loaded] = load_tenant,
        keys: KeysBackup | None = None,
        before: Callable[[Message], Awaitable[None]] | None = None,
        jobs: Sequence[Job] = JOBS,
    ) -> None:
        self._keys, self._before, self._jobs = keys, before, jobs
        self._store, self._make_channel, self._clock, self._report = store, make_channel, clock, report
        self._data = place.data
        self._hurry, self._watch, self._scripted = hurry, watch, scripted
        self._chance = chance or random.Random()
        self._news = news
        self._stop = asyncio.Event()
        self._states = Newest(store.save_state, report, "the session's state")
        self._reloads = Newest(self._save_reload, report, "the state of the rules")
        self.live = LiveRules(place.rules, place.data, clock, report, self._reloaded, load)
        self._connected = asyncio.Event()
        self._restraints = Restraints(store, clock, report, lambda: self._tenant().phone)
        self.state = SessionState("starting")
        self.sender: Sender | None = None
        self.marking: Marking | None = None
        self._follow_ups: FollowUps | None = None
        self.on_typing: Callable[[str, bool], None] = lambda _chat, _on: None
        """Is told when a customer begins or ends to type in a chat."""

    async def play_until(self, at: int, set_clock: Callable[[int], None]) -> None:
        """Let a scripted clock pass by all that happens at a time until `at` (UTC milliseconds)."""
        if self._follow_ups is not None:
            await self._follow_ups.play_until(at, set_clock)

    async def look(self) -> None:
        """Look at once for what others have queued."""
        if self._follow_ups is not None:
            self._follow_ups.wake()
        if self.sender is not None:
            with suppress(StoreError):  # it is looked for again soon
                await self.sender.look_now()

    def stop(self) -> None:
        """Ask the session to stop: what is journalled is decided, what is being sent ends, what waits stays queued."""
        self._stop.set()

    async def run(self, *, wait_for_rules: bool = True) -> bool:
        """Returns True when the session ended as it should, False when it never had rules to run on."""
        await self._told(SessionState("starting"))
        watching, gives_up = None, False
        try:
            sound = await self.live.load()
            if not sound and not wait_for_rules:
                return False
            if self._watch:
                watching = asyncio.create_task(forever(self.live.watch, self._report.note, "watching the rules"))
            if not sound:
                action = "mend the files; wabot notices by itself"
                await self._told(SessionState("rules_invalid", "the rules have errors", action))
                await self._either(self.live.ready.wait())
            if self.live.ready.is_set() and not self._stop.is_set():
                await self._serve()
            return True
        except ChannelError:
            gives_up = self.state.status == "disconnected"
            raise
        finally:
            if watching is not None:
                watching.cancel()
                with suppress(asyncio.CancelledError):
                    await watching
            if not (self.state.final or gives_up):  # in an outage another process goes on, and so does the outage
                await self._told(SessionState("stopped"))
            self._states.stop()
            self._reloads.stop()

    async def _serve(self) -> None:
        channel = self._make_channel(self.live)
        sender = Sender(
            self._store,
            channel,
            self._connected,
            self._clock,
            self._settings,
            self._report,
            lambda: self._tenant().phone,
        )
        self.sender = sender
        turns = Turns(self._store, self._clock, self.live.rule_set, self._report, self._chance, hurry=self._hurry)
        at_times = FollowUps(self._store, self._connected, self._clock, self.live.rule_set, sender, self._report)
        self._follow_ups = at_times
        turns.on_follow_up = at_times.wake
        histories = Histories(self._store, self._clock, self._report)
        downloads = self._downloads(channel)
        self.marking = marking = self._marking(channel, turns, sender)

        def decided(message: Message) -> None:
            sender.stir(message.chat)
            if downloads is not None:
                downloads.decided(message)

        inbound = Inbound(
            self._store, self._clock, turns, sender, self._report, self._told, histories, decided, self._before
        )
        for lost in await self._insist(lambda: self._store.abandon(self._clock.now())):
            self._report.note("nobody knows whether a reply went out", level="warning", outbound=lost.id)
            self._report.became(lost.rule, "unknown", lost)
        sender.add(await self._insist(self._store.queued))
        lids = await self._insist(self._store.lids)
        inbound.know((lid, phone) for lid, phone in lids if phone)
        if isinstance(channel, Acquainted):
            channel.know(lids)
        if isinstance(channel, Observant):
            channel.tell_typing(lambda chat, on: self.on_typing(chat, on))
        running = None
        loops: dict[str, Callable[[], Awaitable[None]]] = {
            "the look for replies that others queued": sender.look,
            "the look for chats that wait": partial(look, self._store, self._clock, self._tenant),
        }
        if downloads is not None:
            loops["downloading"] = downloads.run
        if isinstance(channel, Hastened):
            loops["the look for a ban that was lifted"] = partial(self._restraints.hasten, channel)
        if not self._scripted:
            jobs = Jobs(self._jobs, self._store, self._clock, self.live.rule_set, self._report, self._keys)
            loops |= {"sending at times": at_times.run, "the jobs": jobs.run}
        beside: list[asyncio.Task[None]] = [
            asyncio.create_task(forever(loop, self._report.note, what)) for what, loop in loops.items()
        ]
        if self._keys is not None:
            beside.append(asyncio.create_task(self._keys.after_pairing(self._connected, self._clock, self._report)))
        try:
            # A chat whose message may have killed the process comes alone: a crash must not count against others.
            undecided = await self._insist(self._store.undecided)
            for chat in dict.fromkeys(suspect.chat for suspect in await self._insist(self._store.suspects)):
                inbound.take_up(*(message for message in undecided if message.chat == chat))
                await self._either(inbound.drain())
                undecided = [message for message in undecided if message.chat != chat]
                if self._stop.is_set():
                    return
            # Not before: those were begun once, so they waited for no history; and none comes before the channel runs.
            await histories.resume(self._data)
            inbound.take_up(*undecided)
            await self._restraints.wait_out(self._told, self._pause)
            if self._stop.is_set():
                return
            if isinstance(channel, Patient) and (out := await self._insist(self._store.out_since)) is not None:
                channel.out_since(out)
            running = asyncio.create_task(channel.run(inbound))
            await self._either(running)
            if running.done():
                running.result()
                if marking is not None:
                    await self._either(marking.settled())
                if downloads is not None:  # a script that ended; nobody waits for files otherwise
                    await self._either(downloads.settled(DRAIN))
        finally:
            for task in beside:
                task.cancel()
            histories.stop()
            if marking is not None:
                marking.stop()
            # What is being sent ends while there is a connection, or nobody would know what became of it. Then intake,
            # or what is decided here would never end.
            await sender.stop()
            await channel.close()
            if running is not None:
                with suppress(asyncio.CancelledError, Exception):
                    await asyncio.wait_for(running, CLOSE)
            with suppress(TimeoutError):  # a store that is down must not keep the process from ending
                await asyncio.wait_for(inbound.drain(), DRAIN)

    def _marking(self, channel: Channel, turns: Turns, sender: Sender) -> Marking | None:
        if not isinstance(channel, ReadMarker):
            return None
        marking = Marking(self._store, channel, self._settings)
        turns.on_turn, sender.on_sent = marking.decided, marking.sent
        return marking

    def _downloads(self, channel: Channel) -> Downloads | None:
        if not isinstance(channel, MediaSource):
            return None

        def settings() -> MediaSettings:
            return self.live.rule_set().tenant.media

        return Downloads(self._store, channel, self._connected, self._clock, settings, self._report, self._data)

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

    async def _pause(self, seconds: float) -> bool:
        """Sleep; False when the session shall stop."""
        await self._either(asyncio.sleep(seconds))
        return not self._stop.is_set()

    async def _insist(self, work: Callable[[], Awaitable[Result]]) -> Result:
        return await insist(work, self._report, "the session")

    def _tenant(self) -> Tenant:
        return self.live.rule_set().tenant

    def _settings(self) -> AutoReply:
        return self._tenant().auto_reply

    async def _reloaded(self, reload: Reload) -> None:
        if self._news is not None:
            self._news(reload)
        await self._reloads.tell(reload)

    async def _save_reload(self, reload: Reload) -> None:
        await self._store.save_reload(reload)
        if not reload.ok:
            await self._store.alerts.add(broken_rules(reload), self._clock.now())

    async def _told(self, state: SessionState) -> None:
        self.state = state
        if self._news is not None:
            self._news(state)
        if state.status == "connected":
            self._connected.set()
        else:
            self._connected.clear()
        level = "warning" if state.action or state.status in ("disconnected", "degraded") else "info"
        details = {key: value for key, value in (("detail", state.detail), ("action", state.action)) if value}
        self._report.note(state.status, level=level, **details)
        await self._states.tell(state, self._clock.now())
        await self._restraints.noted(state)
