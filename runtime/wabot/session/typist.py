"""“typing…” before a reply: from when a human would type it, and only while it is still going to be sent."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, NamedTuple

from wabot.model.turn import Outbound
from wabot.ports import Channel, Clock

_A_SECOND: Final = 7
"""Characters that somebody types on a phone in a second."""
_LEAST: Final = 1_000
_MOST: Final = 30_000
"""Milliseconds of typing; nobody watches longer."""
_CHOOSING: Final = 2_000
"""Milliseconds to look for the file that goes with it."""
_LOOK: Final = 2_000
"""Milliseconds between looks whether it is still going to be sent: others may have cancelled it, or paused the bot."""
_RENEW: Final = 10_000
"""Milliseconds after which it is said again: phones let it fade 20 to 25 seconds after they heard it."""
_PATIENCE: Final = 5.0
"""Seconds that saying so may take: no reply waits for it."""


class Standing(NamedTuple):
    """When a reply is due by now (UTC milliseconds; 0: it waits no more), and whether it might go out now."""

    due: int
    may: bool


Stands = Callable[[], Awaitable[Standing]]


def typing_begins(reply: Outbound, since: int, due: int) -> int:
    """When somebody who has begun to read at `since` begins to type what is sent at `due`: as late as its length
    allows, and never in the first quarter of the time, when they read."""
    takes = len(reply.text) * 1_000 // _A_SECOND + (_CHOOSING if reply.media else 0)
    return max(due - min(max(takes, _LEAST), _MOST), since + (due - since) // 4)


class Typist:
    """Shows it in the chats of one tenant."""

    def __init__(self, channel: Channel, clock: Clock) -> None:
        self._channel, self._clock = channel, clock
        self._stirred: dict[str, set[asyncio.Event]] = {}

    def stir(self, chat: str) -> None:
        """Something happened in the chat: what is being typed there is looked at again, now."""
        for stirred in self._stirred.get(chat, ()):
            stirred.set()

    async def until_due(self, reply: Outbound, now: int, due: int, look: Stands) -> bool:
        """Return when the reply is due (at `due`, where it is `now`), or waits no more. Whether "typing…" is shown by
        then; the caller hides it, so that it ends with the message."""
        shown: int | None = None
        # As the clock goes that nobody sets: one that is set back meanwhile makes nobody wait longer.
        since = now
        may, stirred = True, asyncio.Event()
        self._stirred.setdefault(reply.chat, set()).add(stirred)
        try:
            while now < due:
                begins = typing_begins(reply, since, due)
                typing = may and now >= begins
                if typing and (shown is None or now - shown >= _RENEW):
                    shown = now
                    await self.show(reply.chat, True)
                elif not typing and shown is not None:  # the customer goes on writing, or a person has the chat now
                    shown = None
                    await self.show(reply.chat, False)
                now = await self._sleep(now, begins if now < begins else min(due, now + _LOOK), stirred)
                if now >= due:
                    break  # whoever sends it looks as well
                stands = await look()
                if not stands.due:
                    break
                may = stands.may
                if stands.due > due:
                    due, since = stands.due, now
        except BaseException:
            if shown is not None:
                await self.show(reply.chat, False)
            raise
        finally:
            self._forget(reply.chat, stirred)
        return shown is not None

    async def show(self, chat: str, on: bool) -> None:
        """Show or hide it. A courtesy: whatever goes wrong with it, the reply itself must go out."""
        with suppress(Exception):
            async with asyncio.timeout(_PATIENCE):
                await self._channel.typing(chat, on)

    async def _sleep(self, now: int, until: int, stirred: asyncio.Event) -> int:
        """Return at `until`, or as soon as something happened: what time it is then, if it was `now`."""
        began = self._clock.now()
        sleeping = asyncio.ensure_future(self._clock.sleep(until - now))
        waiting = asyncio.ensure_future(stirred.wait())
        try:
            await asyncio.wait({sleeping, waiting}, return_when=asyncio.FIRST_COMPLETED)
            return until if sleeping.done() else min(now + max(self._clock.now() - began, 0), until)
        finally:
            sleeping.cancel()
            waiting.cancel()
            stirred.clear()

    def _forget(self, chat: str, stirred: asyncio.Event) -> None:
        beside = self._stirred[chat]
        beside.discard(stirred)
        if not beside:
            del self._stirred[chat]
