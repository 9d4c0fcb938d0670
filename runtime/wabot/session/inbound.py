"""From the channel into the journal, and on to the decision: in order within a chat, chats beside each other."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

from wabot.model.message import EVENT_TYPES, Message
from wabot.model.session import SessionState
from wabot.model.turn import Receipt
from wabot.ports import Clock, Store
from wabot.session.report import Report
from wabot.session.sender import Sender
from wabot.session.turns import Turns

_LATE: Final = 60_000
"""Milliseconds after which a message that is only now decided was held up: an outage, not a busy moment."""
_STREAM: Final = 2_000
"""Milliseconds to wait for a newer message before one that was held up is answered."""


class Inbound:
    """The `Inbox` of a session."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        turns: Turns,
        sender: Sender,
        report: Report,
        on_state: Callable[[SessionState], Awaitable[None]],
    ) -> None:
        self._store, self._clock, self._turns, self._sender, self._report = store, clock, turns, sender, report
        self._on_state = on_state
        self._chats: dict[str, deque[Message]] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self._idle = asyncio.Event()
        self._idle.set()

    async def message(self, message: Message) -> None:
        at = self._clock.now()
        if await self._store.journal(message, at):
            self._report.arrived(message, at)
            self.take_up(message)
        else:
            self._report.silent(message, "duplicate")

    async def receipt(self, receipt: Receipt) -> None:
        moved = await self._store.receipt(receipt)
        if moved is not None:
            self._report.became(moved, receipt.status)

    async def state(self, state: SessionState) -> None:
        await self._on_state(state)

    async def settled(self) -> None:
        while not (self._idle.is_set() and self._sender.idle):
            await self._idle.wait()
            await self._sender.settled()

    def take_up(self, *messages: Message) -> None:
        """Put journalled messages into their chats' queues."""
        for message in messages:
            self._idle.clear()
            waiting = self._chats.get(message.chat)
            if waiting is not None:
                waiting.append(message)
                continue
            self._chats[message.chat] = deque([message])
            worker = asyncio.create_task(self._work(message.chat))
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)

    async def drain(self) -> None:
        """Return when all that was taken up is decided."""
        await self._idle.wait()

    async def _work(self, chat: str) -> None:
        waiting = self._chats[chat]
        while waiting:
            superseded = await self._superseded(waiting)
            self._sender.add(await self._turns.take(waiting[0], superseded=superseded))
            waiting.popleft()
        del self._chats[chat]
        if not self._chats:
            self._idle.set()

    async def _superseded(self, waiting: deque[Message]) -> bool:
        """Whether the first of these messages was held up by an outage, and the same chat has a newer one."""
        message = waiting[0]
        if message.from_me or not message.sent_at or self._clock.now() - message.sent_at <= _LATE:
            return False
        if not _newer(waiting):
            # What was held up comes in a stream, one message at a time: the next may be on its way.
            await self._clock.sleep_until(self._clock.now() + _STREAM)
        return _newer(waiting)


def _newer(waiting: deque[Message]) -> bool:
    first, *others = waiting
    return any(
        other.chat_kind == "direct"
        and other.type not in EVENT_TYPES
        and (not other.sent_at or other.sent_at >= first.sent_at)
        for other in others
    )
