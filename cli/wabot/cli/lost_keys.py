"""A session that runs on a key store that was deleted beneath it."""

from pathlib import Path
from typing import Final

from wabot.cli.status import runs
from wabot.model.errors import StoreError
from wabot.store.keeping.layout import KEYS

LOST: Final = f"{KEYS} was deleted or replaced beneath the running session, which puts it back within seconds."
AGAIN: Final = "Then try again."
_LIVES: Final = ("connecting", "connected", "degraded", "disconnected")
"""States that no session without keys is in."""


def lost_beneath(folder: Path) -> bool:
    """Whether the tenant's session goes on although no phone is linked in its key store (`read_linked`)."""
    return status_of(folder) in _LIVES and runs(folder)


def status_of(folder: Path) -> str:
    """The state that the tenant's session has written down last."""
    from wabot.store.sqlite import read_summary

    try:
        return read_summary(folder, folder.name).state.status
    except StoreError:
        return "unknown"
