"""What a session's process has in its memory before it is forked (daemon/nursery.py)."""

import importlib
import os
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

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
    """Import what sessions on `channel` need, and use it once. Nothing here starts a thread, opens a file that stays
    open, or looks at any tenant."""
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
    _use()


def _use() -> None:
    """Load wabot's own example tenants: schemas that are compiled, holidays, regexes are made at the first use, and
    would be made once a session, 10 MB each."""
    from wabot.engine.load import load_tenant
    from wabot.language.resources import examples

    folder: Path = examples()
    if folder.is_dir():
        _kept.extend(load_tenant(one) for one in sorted(folder.iterdir()) if one.is_dir())
