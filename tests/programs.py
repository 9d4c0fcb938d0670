"""Programs that some tests need, beside Python: without one they are skipped, and the reason says how to get it."""

import shutil
from typing import Final

import pytest

PACKAGES: Final = {
    "chromium": "chromium",
    "faketime": "faketime",
    "promtool": "prometheus",
    "sqlite3": "sqlite3",
    "systemd-analyze": "systemd",
}
"""Debian's package of each. `make test` installs all but prometheus, which is a server: `make promtool` does."""


def missing(program: str) -> str:
    """Why a test that needs it is skipped."""
    way = "make promtool" if program == "promtool" else ".ci/packages"
    return f"{program} is missing: install the package {PACKAGES[program]} ({way} does it)"


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(program) is None, reason=missing(program))
