"""Blue ticks: which of the customers' messages are shown as read, beside the pipeline. Off unless the tenant asks."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final

from wabot.language.rule_set import AutoReply
from wabot.model.turn import OWN_NUMBER, Outbound, Turn
from wabot.ports import ReadMarker, Store

_PATIENCE: Final = 10.0
"""Seconds."""
LEFT_ALONE: Final = frozenset(
    {
        *("duplicate", "from_me", "not_a_direct_chat", "not_a_message", OWN_NUMBER),
        *("auto_reply_off", "paused", "not_in_scope", "contact_blocked", "conversation_spam", "handled_by_person"),
        *("stale", "superseded", "loop_suspected", "set_aside"),
    }
)
"""Why a message was none of the bot's business: it stays unread for a person, whatever the setting."""


class Marking:
    """One session's. Nothing waits for it, and nothing depends on it."""

    def __init__(self, store: Store, channel: ReadMarker, settings: Callable[[], AutoReply]) -> None:
        self._store, self._channel, self._settings = store, channel, settings
        self._tasks: set[asyncio.Task[None]] = set()

    def decided(self, turn: Turn) -> None:
        """A message's turn is recorded."""
        if self._asked("always") and turn.reason not in LEFT_ALONE:
            self._beside(self._channel.mark_read(turn.message.chat, [turn.message.id]))

    def sent(self, outbound: Outbound) -> None:
        """A reply went out."""
        if self._asked("answered") and outbound.kind == "reply":
            self._beside(self._answered(outbound))

    async def settled(self) -> None:
        """Return when all that is read by now was told."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def stop(self) -> None:
        """Whatever is not told by now is not told."""
        for task in self._tasks:
            task.cancel()

    def _asked(self, setting: str) -> bool:
        settings = self._settings()
        return settings.mark_read == setting and not settings.dry_run

    async def _answered(self, outbound: Outbound) -> None:
        if messages := await self._store.answered(outbound):
            await self._channel.mark_read(outbound.chat, messages)

    def _beside(self, work: Awaitable[Any]) -> None:
        task = asyncio.ensure_future(_quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _quietly(work: Awaitable[Any]) -> None:
    with suppress(Exception):  # a courtesy
        async with asyncio.timeout(_PATIENCE):
            await work
