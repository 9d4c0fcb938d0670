"""What the library's own log tells and its events do not: that one was lost, that it is stuck, why it cannot connect,
that its key store is damaged.

Its lines hold customers' numbers and whole stanzas. Nothing of a line leaves this module but an error of the network.
"""

import asyncio
import logging
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Final

LOGGERS: Final = ("neonize", "whatsmeow", "Whatsmeow")
"""Everything that the library says through Python's logging comes by one of these."""

# Sentence of whatsmeow → the kind of our event; what the group holds is its body.
_TOLD: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    # An error stands at the end of its line, where no customer's name does.
    ("Damaged", re.compile(r": (?:database disk image is malformed|file is not a database)()\Z")),
    ("Lost", re.compile(r"Event handler panicked while handling a \*?([\w.]+)")),
    ("Stuck", re.compile(r"Node handling is taking long for ()")),
    ("Unstuck", re.compile(r"Node handling took ()|Continuing handling of ()")),
    ("ServerFault", re.compile(r"Got (5\d\d)\S* connect failure, assuming automatic reconnect")),
    ("Unreachable", re.compile(r"Error reconnecting after autoreconnect sleep: (.*)", re.DOTALL)),
)
SENTENCES: Final = (
    "database disk image is malformed",
    "file is not a database",
    "Event handler panicked while handling a ",
    "Node handling is taking long for ",
    "Node handling took ",
    "Continuing handling of ",
    " connect failure, assuming automatic reconnect will handle it",
    "Error reconnecting after autoreconnect sleep: ",
)
"""As they stand in the library: a version that words them otherwise would not be understood."""


class LibraryLog(logging.Handler):
    """Hands on what was understood, as a kind and a body, in the event loop that it was made in; `tell` is whoever
    listens at the moment."""

    def __init__(self) -> None:
        super().__init__()
        self.tell: Callable[[str, str], None] | None = None
        self._loop = asyncio.get_running_loop()

    def install(self) -> None:
        """Take the library's loggers over, so that none of their lines reaches a log of ours."""
        for name in LOGGERS:
            logger = logging.getLogger(name)
            logger.handlers[:] = [self]
            logger.setLevel(logging.INFO)
            logger.propagate = False

    def emit(self, record: logging.LogRecord) -> None:
        """Called in a thread of the library's."""
        line = record.getMessage()
        for kind, pattern in _TOLD:
            if found := pattern.search(line):
                with suppress(RuntimeError):  # the loop is closed: nobody listens any more
                    self._loop.call_soon_threadsafe(self._hand_on, kind, found.group(1) or "")
                return

    def _hand_on(self, kind: str, body: str) -> None:
        if self.tell is not None:
            self.tell(kind, body)
