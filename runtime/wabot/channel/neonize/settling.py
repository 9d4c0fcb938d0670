"""When a message may leave, so that its customer can read it.

The library encrypts what goes out beside decrypting what comes in, and keeps a customer's Signal session without a
lock: where the two meet, the next message is sealed with a key that was used before, and the customer's phone drops it.
So nothing is sent to a chat until it has been silent for a moment; while customers speak in pieces, and what they wrote
comes in a stream, nothing is sent to anybody; and one message goes out after the other, since whoever waits inside the
library for another's acknowledgement is encrypted at whatever moment that one comes: it waits in front of it (`gate`),
and is asked about again there.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from wabot.channel.neonize.bounded import Bounded
from wabot.model.errors import ChannelBusy
from wabot.ports import Clock

SETTLE_MS: Final = 50
"""Of a chat's silence. Decrypting takes some 3 ms, more on a slow disk or a busy machine."""
LULL_MS: Final = 25
"""Of everybody's silence, while pieces come in a stream."""
PIECES_MS: Final = 1_000
"""Since a customer wrote again before an answer. In a stream, messages of one customer may be far apart."""
STREAM_MS: Final = 2_000
"""A stream that has no end is waited for no longer."""
AT_ONCE: Final = 3
"""Messages that have their turn: one is the library's, the next ones stand at the gate."""
TURN_SECONDS: Final = 10.0
"""Of waiting for a turn: then whoever waits asks anew whether it may go out at all."""
ECHO_SECONDS: Final = 1.0
"""Of waiting whether a message of the shop's own is the one that is being sent."""
REMEMBERED: Final = 10_000
BUSY: Final = "WhatsApp has not confirmed the message before this one yet."


class Settling:
    """One channel's."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._spoke: Bounded[str, int] = Bounded(REMEMBERED)
        self._heard = self._pieces = clock.steady() - STREAM_MS
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._under_way: set[asyncio.Future[None]] = set()

    def heard(self, chat: str) -> None:
        """Somebody wrote in `chat` at this moment."""
        now = self._clock.steady()
        if now - self._spoke.get(chat, -PIECES_MS) < PIECES_MS:
            self._pieces = now
        self._spoke[chat] = self._heard = now

    def latest(self) -> int:
        """Until when a message waits for a stream to end that begins now, on the steady clock."""
        return self._clock.steady() + STREAM_MS

    @asynccontextmanager
    async def turn(self, chat: str, latest: int) -> AsyncIterator[Callable[[], bool]]:
        """Within the block a message to `chat` may be handed over for the library. What it yields says, in any thread,
        whether it still may.

        Raises:
            ChannelBusy: the messages before have not been acknowledged yet.
        """
        while True:
            while (left := self._ready(chat, latest) - self._clock.steady()) > 0:
                await self._clock.sleep(left)
            try:
                async with asyncio.timeout(TURN_SECONDS):
                    await self._turns.acquire()
            except TimeoutError:
                raise ChannelBusy(BUSY) from None
            if self._ready(chat, latest) <= self._clock.steady():
                break
            self._turns.release()  # somebody wrote meanwhile
        under_way = asyncio.get_running_loop().create_future()
        self._under_way.add(under_way)
        try:
            self._spoke.pop(chat, None)  # what comes from now on is no piece of what is answered here
            yield lambda: self._ready(chat, latest) <= self._clock.steady()
        finally:
            self._under_way.discard(under_way)
            under_way.set_result(None)
            self._turns.release()

    async def handed_over(self) -> None:
        """Return when what is being sent at this moment has an id, or soon all the same."""
        if self._under_way:
            await asyncio.wait(set(self._under_way), timeout=ECHO_SECONDS)

    def _ready(self, chat: str, latest: int) -> int:
        """When `chat` has been silent for long enough, and others, too."""
        ready = self._spoke.get(chat, -SETTLE_MS) + SETTLE_MS
        if self._heard - self._pieces < PIECES_MS:
            ready = max(ready, min(self._heard + LULL_MS, latest))
        return ready
