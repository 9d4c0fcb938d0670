"""The feed of changes, as one of its readers has it. Every function takes `ask` first, and is part of the caller's
transaction."""

from collections.abc import Sequence
from sqlite3 import Row
from typing import Final, NamedTuple

from wabot.store.sqlite.queries import Ask

KEPT: Final = 7 * 86_400_000
"""Milliseconds for which a change that was read is kept: so long may a client be away and still catch up."""
UNREAD: Final = 30 * 86_400_000
"""Milliseconds after which one that nobody read is dropped."""


class Extent(NamedTuple):
    """The first and the last number of what is kept; (0, 0) when nothing ever changed."""

    first: int
    last: int

    def follows(self, position: int) -> bool:
        """Whether all that came after `position` is still there."""
        return self.first - 1 <= position <= self.last


def listen(ask: Ask, reader: str, at: int) -> int:
    """From now on changes are written down for this reader; how far it has read. A reader that is known goes on."""
    ask("feed_listen", reader=reader, at=at)
    return int(ask("feed_position", reader=reader).fetchone()["position"])


def after(ask: Ask, position: int, most: int) -> Sequence[Row]:
    """The next changes, in their order."""
    return ask("feed_after", after=position, most=most).fetchall()


def extent(ask: Ask) -> Extent:
    return Extent(ask("feed_first").fetchone()["first"], ask("feed_last").fetchone()["last"])


def was_read(ask: Ask, reader: str, position: int) -> None:
    """The reader has dealt with everything up to `position`."""
    ask("feed_read", reader=reader, position=position)


def forget(ask: Ask, now: int, most: int) -> int:
    """Drop old changes, at most so many; how many."""
    return ask("feed_forget", before=now - KEPT, long_before=now - UNREAD, most=most).rowcount
