"""A real browser for tests of pages: Debian's chromium, driven by Playwright; nothing is ever downloaded."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.programs import missing

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
_OPTIONS: Final = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


@contextmanager
def browser() -> Iterator[Browser]:
    """One that is closed after the block; without one on this machine the test is skipped."""
    found = next((place for name in _NAMES if (place := shutil.which(name))), None)
    if found is None:
        pytest.skip(missing("chromium"))
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=_OPTIONS)
        try:
            yield opened
        finally:
            opened.close()
