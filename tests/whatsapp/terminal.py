"""`wabot run` on a terminal."""

import asyncio
import os
import pty
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.whatsapp.live import Live


@asynccontextmanager
async def in_a_terminal(live: Live) -> AsyncIterator[bytearray]:
    """The daemon, started in a terminal of which this is all that was shown."""
    reader, terminal = pty.openpty()
    loop, shown = asyncio.get_running_loop(), bytearray()
    loop.add_reader(reader, lambda: shown.extend(os.read(reader, 65_536)))  # or the code fills the terminal's buffer
    try:
        await live.start(stdout=terminal)
        yield shown
    finally:
        loop.remove_reader(reader)
        os.close(terminal)
        os.close(reader)
