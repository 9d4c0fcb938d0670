"""What a session's process has imported before it is forked (daemon/nursery.py)."""

import importlib
import os
from contextlib import suppress
from typing import Final

_SESSION: Final = (
    "wabot.daemon.child",
    "wabot.engine.load",
    "wabot.session.session",
    "wabot.store.sqlite",
    "concurrent.futures.thread",
    "holidays",
    "holidays.countries.indonesia",
    "holidays.groups",
    "jinja2.sandbox",
    "watchfiles",
)


def preload(channel: str) -> None:
    """Import what sessions on `channel` need. Nothing here starts a thread, opens a file that stays open, or looks at
    any tenant."""
    for name in _SESSION:
        importlib.import_module(name)
    if channel == "neonize":
        from wabot.channel.neonize.ahead import import_without_go

        importlib.import_module("wabot.channel.neonize.qr")
        import_without_go()
    else:
        importlib.import_module("wabot.channel.simulator")
    if os.environ.get("WABOT_SENTRY_DSN"):
        with suppress(ImportError):  # the session says what is missing
            importlib.import_module("sentry_sdk")
