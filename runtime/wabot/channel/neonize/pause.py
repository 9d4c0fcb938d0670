"""Waiting that can be cut short."""

import asyncio
from contextlib import suppress


async def pause(event: asyncio.Event, seconds: float) -> None:
    """Wait so many seconds, or until the `event`."""
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
