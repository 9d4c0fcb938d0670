"""The machine: versions, libraries, time, the service, and the way to WhatsApp."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Final

from wabot.cli.health.finding import Checked

_PYTHON: Final = (3, 11)
_SQLITE: Final = (3, 35, 0)
"""The first that knows RETURNING."""
_LIBRARIES: Final = (
    "ahocorasick_rs",
    "cryptography.hazmat.primitives.ciphers.aead",
    "holidays",
    "jinja2",
    "jsonschema",
    "jsonschema_rs",
    "rapidfuzz",
    "re2",
    "segno",
    "structlog",
    "typer",
    "watchfiles",
    "yaml",
)
_INSTALL: Final = "install wabot again, with its dependencies (pip install --force-reinstall wabot)"
_UNITS: Final = (Path("/etc/systemd/system"), Path("/usr/lib/systemd/system"), Path.home() / ".config/systemd/user")
_EARLIEST: Final = 1_767_225_600_000
"""2026-01-01: wabot is younger than that."""


def machine(now: int, *, online: bool) -> Iterator[Checked]:
    """`now` is UTC milliseconds; WhatsApp is called only when `online`."""
    import sqlite3

    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= _PYTHON:
        yield Checked("ok", "machine", f"Python {version}")
    else:
        yield Checked("fail", "machine", f"Python {version} is too old", "install Python 3.11 or newer")
    if sqlite3.sqlite_version_info >= _SQLITE:
        yield Checked("ok", "machine", f"SQLite {sqlite3.sqlite_version}")
    else:
        yield Checked("fail", "machine", f"SQLite {sqlite3.sqlite_version} is too old", "install 3.35 or newer")
    yield from _libraries()
    yield from _time(now)
    units = sorted(unit.name for place in _UNITS if place.is_dir() for unit in place.glob("wabot*.service"))
    yield Checked("ok", "machine", f"systemd unit: {', '.join(units) or 'none, so the daemon is started otherwise'}")
    if online:
        from wabot.cli.health.way_out import whatsapp

        yield whatsapp(os.environ)


def _libraries() -> Iterator[Checked]:
    missing = []
    for name in _LIBRARIES:
        try:
            import_module(name)
        except ImportError as error:
            missing.append(f"{name} ({error})")
    if missing:
        yield Checked("fail", "machine", f"cannot be imported: {', '.join(missing)}", _INSTALL)
    else:
        yield Checked("ok", "machine", f"{len(_LIBRARIES)} libraries can be imported")
    # In a process of its own: the library is a Go program, which may end the process that loads it.
    try:
        tried = subprocess.run(
            [sys.executable, "-c", "import neonize.aioze.client"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        why = "" if tried.returncode == 0 else (tried.stderr.strip().splitlines() or ["it ended by itself"])[-1]
    except subprocess.TimeoutExpired:
        why = "it did not load within 60 s"
    if why:
        yield Checked("fail", "machine", f"the WhatsApp library neonize cannot be loaded: {why}", _INSTALL)
    else:
        yield Checked("ok", "machine", "the WhatsApp library neonize loads")


def _time(now: int) -> Iterator[Checked]:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    shown = datetime.fromtimestamp(now / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    if now < _EARLIEST:
        yield Checked("fail", "machine", f"the clock says {shown}", "set it, and keep it right with NTP (timedatectl)")
    else:
        yield Checked("ok", "machine", f"the clock says {shown}")
    try:
        ZoneInfo("Asia/Jakarta")
    except ZoneInfoNotFoundError:
        yield Checked("fail", "machine", "there is no time zone data", "pip install tzdata")
    else:
        yield Checked("ok", "machine", "time zone data is there")
