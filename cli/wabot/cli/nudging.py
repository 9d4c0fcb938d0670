"""Telling the processes that run beside a command that it has changed a tenant's store: they look at once."""

from pathlib import Path

from wabot.bus import API, SESSION, Mouth


def nudge(folder: Path) -> None:
    """The store of the tenant whose data is in `folder` was changed."""
    Mouth(folder, SESSION).say("look")
    Mouth(folder.parent, API).say("changed", tenant=folder.name)
