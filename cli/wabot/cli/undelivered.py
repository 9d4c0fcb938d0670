"""Replies that went out and reached nobody, for those who look at a tenant."""

from contextlib import suppress
from pathlib import Path
from typing import Final

from wabot.model.errors import StoreError
from wabot.model.stored import StoredReply
from wabot.session.clock import RealClock

WHY: Final = "no phone has confirmed it, though the customer has written since"
ACTION: Final = "look at the chats on the phone, and write there again: wabot outbox"


def undelivered(folder: Path) -> list[StoredReply]:
    """Those of the tenant whose data is in `folder`, of the last day."""
    from wabot.store.sqlite import reading

    # A file that no process of this version has opened yet may lack what is asked for; who reads more of it says so.
    with suppress(StoreError), reading(folder, folder.name) as store:
        return store.undelivered(RealClock().now())
    return []
