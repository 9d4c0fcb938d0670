"""Whether what happens on the connection still reaches us: "connected, but deaf" is what customers suffer from longest.

That nobody writes says nothing: a number may be quiet for a week. What says something is the library itself: asked
whether it is connected, it must not differ from what its events told.
"""

import asyncio
from typing import Final

from wabot.channel.neonize.library import Client, Event, LibraryError

EVERY: Final = 30.0
"""Seconds between looks."""
DIFFERS: Final = 2
"""Looks in a row that must say so: between a cut and its event some milliseconds pass."""


async def watch(client: Client, every: float) -> None:
    """Look, until cancelled, and end with the event "Deaf" once the library has said for `DIFFERS` looks in a row that
    it is not connected, or said nothing at all, while its events say that it is."""
    differed = 0
    while differed < DIFFERS:
        await asyncio.sleep(every)
        differed = differed + 1 if await _differs(client) else 0
    client.events.put_nowait(Event("Deaf"))


async def _differs(client: Client) -> bool:
    try:
        holds = await client.holds()
    except LibraryError:
        return False  # not connected as far as anybody knows: asking would end the process
    except TimeoutError:
        holds = False
    return client.connected and not holds
