"""When a message may leave, so that its customer can read it.

The library encrypts what goes out beside decrypting what comes in, and keeps a customer's Signal session without a
lock: where the two meet, the next message is sealed with a key that was used before, and the customer's phone drops it.
So nothing is sent to a chat until it has been silent for a moment; while customers speak in pieces, and what they wrote
comes in a stream, nothing is sent to anybody; and one message goes out after the other, since whoever waits inside the
library for another's acknowledgement is encrypted at whatever moment that one comes.
"""

import asyncio
from collections.abc import AsyncIterator
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
TURN_SECONDS: Final = 10.0
"""Of waiting for the message before: then whoever waits asks anew whether it may go out at all."""
ECHO_SECONDS: Final = 1.0
"""Of waiting whether a message of the shop's own is the one that is being sent."""
REMEMBERED: Final = 10_000


class Settling:
    """One channel's."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._spoke: Bounded[str, int] = Bounded(REMEMBERED)
        self._heard = self._pieces = -STREAM_MS
        self._one_by_one = asyncio.Lock()
        self._under_way: asyncio.Future[None] | None = None

    def heard(self, chat: str) -> None:
        """Somebody wrote in `chat` at this moment."""
        now = self._clock.now()
        if now - self._spoke.get(chat, -PIECES_MS) < PIECES_MS:
            self._pieces = now
        self._spoke[chat] = self._heard = now

    @asynccontextmanager
    async def turn(self, chat: str) -> AsyncIterator[None]:
        """Within the block a message to `chat` may be handed to the library.

        Raises:
            ChannelBusy: the message before has not been acknowledged yet.
        """
        latest = self._clock.now() + STREAM_MS
        while True:
            while (ready := self._ready(chat, latest)) > self._clock.now():
                await self._clock.sleep_until(ready)
            try:
                async with asyncio.timeout(TURN_SECONDS):
                    await self._one_by_one.acquire()
            except TimeoutError:
                raise ChannelBusy("WhatsApp has not confirmed the message before this one yet.") from None
            if self._ready(chat, latest) <= self._clock.now():
                break
            self._one_by_one.release()  # somebody wrote meanwhile
        self._under_way = asyncio.get_running_loop().create_future()
        try:
            self._spoke.pop(chat, None)  # what comes from now on is no piece of what is answered here
            yield
        finally:
            self._under_way.set_result(None)
            self._one_by_one.release()

    async def handed_over(self) -> None:
        """Return when what is being sent at this moment has an id, or soon all the same."""
        if self._under_way is not None:
            await asyncio.wait([self._under_way], timeout=ECHO_SECONDS)

    def _ready(self, chat: str, latest: int) -> int:
        """When `chat` has been silent for long enough, and others, too."""
        ready = self._spoke.get(chat, -SETTLE_MS) + SETTLE_MS
        if self._heard - self._pieces < PIECES_MS:
            ready = max(ready, min(self._heard + LULL_MS, latest))
        return ready
