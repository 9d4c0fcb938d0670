"""Leaving a connection without losing what came over it: WhatsApp does not say again what the library has confirmed."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from wabot.channel.neonize.library import Client, Event

_QUIET: Final = 0.3
"""Seconds without anything new after which all that came over a closed connection has been handed on."""


async def last_words(client: Client) -> AsyncIterator[Event]:
    """Hang up, so that nothing more is confirmed, tell what came until then, and stop the client. What comes later
    WhatsApp keeps for the next connection."""
    await client.hang_up()
    while True:
        try:
            async with asyncio.timeout(_QUIET):
                event = await client.events.get()
        except TimeoutError:
            break
        yield event
    await client.stop()
    while not client.events.empty():
        yield client.events.get_nowait()
