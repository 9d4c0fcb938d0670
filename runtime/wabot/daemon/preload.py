"""What a session's process has in its memory before it is forked (daemon/nursery.py)."""

import importlib
import os
import sys
from contextlib import suppress
from typing import Any, Final

from wabot.daemon.warming import warm
from wabot.model.failure import place_of

_SESSION: Final = (
    "wabot.daemon.child",
    "wabot.session.session",
    "wabot.store.sqlite",
    "anyio._backends._asyncio",  # watchfiles imports it late
    "concurrent.futures.thread",
    "croniter",
    "encodings.utf_8_sig",
    "jinja2.sandbox",
    "watchfiles",
)
_kept: list[Any] = []


def preload(channel: str) -> None:
    """Import what sessions on `channel` need, and use it once. No thread is left, no file is left open, and no
    tenant is looked at."""
    for name in _SESSION:
        importlib.import_module(name)
    if channel == "neonize":
        from wabot.channel.neonize.ahead import import_without_go

        importlib.import_module("wabot.channel.neonize.channel")
        importlib.import_module("wabot.channel.neonize.qr")
        import_without_go()
    else:
        importlib.import_module("wabot.channel.simulator")
    if os.environ.get("WABOT_SENTRY_DSN"):
        with suppress(ImportError):  # the session says what is missing
            importlib.import_module("sentry_sdk")
    try:
        _kept.extend(warm())
    except Exception as error:  # sessions are then born cold: each takes 10 MB more
        sys.stderr.write(f"wabot: the example tenant could not be played: {place_of(error)}\n")
