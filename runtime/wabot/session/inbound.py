"""From the channel into the journal, and on to the decision: a customer's in order, customers beside each other."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from wabot.model.failure import place_of
from wabot.model.history import History
from wabot.model.message import EVENT_TYPES, Message
from wabot.model.session import SessionState
from wabot.model.turn import Receipt
from wabot.ports import Clock, Store
from wabot.session.ahead import Ahead
from wabot.session.histories import Histories
from wabot.session.insisting import insist
from wabot.session.queues import Queue, Queues
from wabot.session.report import Report
from wabot.session.sender import Sender
from wabot.session.turns import Turns

_LATE: Final = 60_000
"""Milliseconds after which a message that is only now decided was held up: an outage, not a busy moment."""
_AT_ONCE: Final = 256
"""Messages that are journalled in one commit."""
_TURNS: Final = 64
"""Chats whose messages are decided at the same time: as many can be suspected when the process dies."""
_WRITE: Final = "see `wabot outbox`; what was sent before a restart, WhatsApp's library cannot send again"
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
        histories: Histories,
        on_decided: Callable[[Message], None] = lambda _message: None,
        before: Callable[[Message], Awaitable[None]] | None = None,
    ) -> None:
        """`before` is waited for before a message is decided."""
        self._store, self._clock, self._turns, self._sender, self._report = store, clock, turns, sender, report
        self._on_state, self._histories, self._on_decided = on_state, histories, on_decided
        self._before = before
        self._ahead = Ahead(clock)
        self._arriving: deque[tuple[Message, asyncio.Future[None]]] = deque()
        self._journalling: asyncio.Task[None] | None = None
        self._turn = asyncio.Semaphore(_TURNS)
        self._queues = Queues()
        self._workers: dict[Queue, asyncio.Task[None]] = {}
        self._idle = asyncio.Event()
        self._idle.set()

    async def message(self, message: Message) -> None:
        """Returns once the message is on the disk, however long that takes: the channel waits meanwhile. Its decision
        does not wait for the disk: a reply goes out only after its claim was flushed, and with it all before it."""
        kept = asyncio.get_running_loop().create_future()
        self._arriving.append((message, kept))
        if self._journalling is None or self._journalling.done():
            self._journalling = asyncio.create_task(self._journal())
        await kept
        await insist(self._store.flush, self._report, "a message")

    async def _journal(self) -> None:
        """Journal what arrived, in that order: WhatsApp will not say it again."""
        while self._arriving:
            batch = [self._arriving.popleft() for _ in range(min(len(self._arriving), _AT_ONCE))]
            try:
                arrived = self._clock.now()
                fresh = await self._keep([message for message, _ in batch], arrived)
            except Exception as error:  # a bug: whoever brought the messages must learn of it
                for _, kept in batch:
                    if not kept.done():
                        kept.set_exception(error)
                continue
            for (message, kept), new in zip(batch, fresh, strict=True):
                if new:
                    self._report.arrived(message, arrived)
                    self.take_up(message)
                else:
                    self._report.silent(message, "duplicate")
                if not kept.done():
                    kept.set_result(None)

    async def _keep(self, messages: list[Message], arrived: int) -> list[bool]:
        return await insist(lambda: self._store.journal(messages, arrived, flushed=False), self._report, "a message")

    async def receipt(self, receipt: Receipt) -> None:
        moved = await insist(lambda: self._store.receipt(receipt), self._report, "a receipt")
        if moved is None:
            return
        if receipt.status == "unreadable":
            self._report.note("a customer's phone could not read a reply", level="warning", rule=moved, action=_WRITE)
            self._report.became(moved, "unknown")
        else:
            self._report.became(moved, receipt.status)

    async def history(self, part: History) -> None:
        await self._histories.take(part)

    async def state(self, state: SessionState) -> None:
        await self._on_state(state)

    async def settled(self) -> None:
        while not (self._idle.is_set() and self._sender.idle):
            await self._idle.wait()
            await self._sender.settled()

    def know(self, pairs: Iterable[tuple[str, str]]) -> None:
        """These names, a LID and a number each, are known to be one customer's."""
        self._queues.know(pairs)

    def take_up(self, *messages: Message) -> None:
        """Put journalled messages into their customers' queues."""
        for message in messages:
            self._idle.clear()
            fresh = self._queues.add(message)
            if fresh is not None:
                self._workers[fresh] = asyncio.create_task(self._work(fresh))

    async def drain(self) -> None:
        """Return when all that was taken up is decided."""
        await self._idle.wait()

    async def _work(self, queue: Queue) -> None:
        try:
            while queue and await self._histories.may_begin(queue.first):
                await self._decide(queue)
                queue.done()
                while queue.before:
                    if (earlier := self._workers.get(queue.before.pop())) is not None:
                        await asyncio.wait([earlier])
        finally:
            del self._workers[queue]
            self._queues.end(queue)
            if not self._queues:
                self._idle.set()

    async def _decide(self, queue: Queue) -> None:
        message = queue.first
        try:
            superseded = await self._superseded(queue)
            if self._before is not None:
                await self._before(message)
            async with self._turn:
                moved = self._clock.moved()  # before the replies are made: the clock may be set while they are stored
                self._sender.add(await self._turns.take(message, superseded=superseded), moved)
            self._on_decided(message)
        except Exception as error:  # what it left undone stands in the store; the customer's next message must go on
            self._report.note(
                "a message was not dealt with to its end", level="error", error=place_of(error), message=message.id
            )

    async def _superseded(self, queue: Queue) -> bool:
        """Whether the first of these messages was held up by an outage, and the same customer has a newer one."""
        message = queue.first
        if message.from_me or not message.sent_at:
            return False
        if self._clock.now() - self._ahead.of(message.sent_at) - message.sent_at <= _LATE:
            return False
        if not _newer(queue):
            # What was held up comes in a stream, one message at a time: the next may be on its way.
            await self._clock.sleep(_STREAM)
        return _newer(queue)


def _newer(queue: Queue) -> bool:
    first = queue.first
    return any(
        other.chat_kind == "direct"
        and other.type not in EVENT_TYPES
        and (not other.sent_at or other.sent_at >= first.sent_at)
        for other in queue.others()
    )
