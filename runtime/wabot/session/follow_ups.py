"""What a session sends at a time: follow-ups of rules and reminders of people, given to the sender when due."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Final

from wabot.engine import follow_ups
from wabot.language.rule_set import RuleSet
from wabot.model.errors import StoreError
from wabot.model.failure import place_of
from wabot.model.stored import StoredFollowUp
from wabot.model.turn import WRITING, HandedOver
from wabot.ports import Clock, Store
from wabot.session.report import Report
from wabot.session.sender import Sender

_LOOK: Final = 5.0
"""Seconds between looks: a person may have made a reminder beside this process, and the machine's clock may jump."""
_BACKLOG: Final = 5.0
"""Seconds after the line came up: what customers wrote meanwhile comes in first, and may end what fell due."""
_WAITING: Final = frozenset({follow_ups.PAUSED, WRITING})


class FollowUps:
    """Waits for what is due, and hands it over. Nothing is handed over while the channel cannot send: a message that
    comes too late is dropped, not sent stale."""

    def __init__(
        self,
        store: Store,
        connected: asyncio.Event,
        clock: Clock,
        rules: Callable[[], RuleSet],
        sender: Sender,
        report: Report,
    ) -> None:
        self._store, self._connected, self._clock, self._rules = store, connected, clock, rules
        self._sender, self._report = sender, report
        self._woken = asyncio.Event()
        self._handing = asyncio.Lock()

    def wake(self) -> None:
        """Look again at once: a turn has left a follow-up."""
        self._woken.set()

    async def run(self) -> None:
        """Hand over what falls due, until cancelled."""
        while True:
            if not self._connected.is_set():
                await self._connected.wait()
                await asyncio.sleep(_BACKLOG)
                continue  # the line may be down again
            self._woken.clear()
            wait = _LOOK
            try:
                due = await self.look()
                wait = _LOOK if due is None else min(_LOOK, max((due - self._clock.now()) / 1000, 0.0))
            except StoreError as error:
                self._report.note("a follow-up waits for the store", level="error", error=str(error))
            # Not the session's clock: one that follows a script would be moved on by the waiting.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), wait)

    async def look(self) -> int | None:
        """Hand over what is due by now; when the next one is due (UTC milliseconds).

        Raises:
            StoreError: the store cannot do it; what is not handed over stays pending.
        """
        async with self._handing:
            held = False
            for item in await self._store.follow_ups.due(self._clock.now()):
                held = not await self._hand_over(item) or held
            # What has to wait is past its time already: that is looked at again and again.
            return None if held else await self._store.follow_ups.next_due()

    async def play_until(self, at: int, set_clock: Callable[[int], None]) -> None:
        """With a clock that follows a script: move it on to all that falls due until `at`, one after the other."""
        before = None
        while (due := await self._store.follow_ups.next_due()) is not None and due <= at and due != before:
            before = due
            set_clock(due)
            await self.look()
            await self._sender.settled()

    async def _hand_over(self, item: StoredFollowUp) -> bool:
        """False when it has to wait."""
        now, rules = self._clock.now(), self._rules()
        refuse, used = partial(follow_ups.refusal, rules, item.rule, item.due), partial(follow_ups.used, rules)
        try:
            handed = await self._store.follow_ups.hand_over(item, now, refuse, used)
        except StoreError:
            raise
        except Exception as error:  # a bug must cost one message, not all that come after it
            self._report.note("a follow-up failed", level="error", error=place_of(error), rule=item.rule)
            handed = HandedOver(None, "failed")
        if handed.outbound is not None:
            self._sender.add([handed.outbound])
        elif handed.refusal in _WAITING:
            return False
        elif handed.refusal is not None:
            self._report.note("a follow-up is not sent", level="info", reason=handed.refusal, rule=item.rule)
            await self._store.follow_ups.drop(item, handed.refusal, now)
        return True
