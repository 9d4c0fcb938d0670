"""Replies that went out and reached nobody, though the customer's phone was there: lost keys on either side, say."""

from sqlite3 import Row
from typing import Final

from wabot.store.sqlite.queries import Ask

PATIENCE: Final = 900_000
"""Milliseconds that a phone has to confirm a reply."""
SHOWN: Final = 86_400_000
"""Milliseconds for which it is told."""


def undelivered(ask: Ask, now: int) -> list[Row]:
    """Rows of the outbox, oldest first. The customer wrote after each was sent: so their phone was online."""
    return ask("undelivered", since=now - SHOWN, before=now - PATIENCE).fetchall()
