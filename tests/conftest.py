"""Where the folders of tests lie, that none is timed, and that what is imported is not looked through for garbage."""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.whatsapp.memory import SHARED

_ENOUGH = 2_000_000_000

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_configure() -> None:
    """Temporary folders lie in memory where there is room: most tests open databases, which wait for the disk at every
    step. No test is about what a disk keeps; those that need a disk of a kind make one."""
    if SHARED.is_dir() and os.access(SHARED, os.W_OK) and shutil.disk_usage(SHARED).free > _ENOUGH:
        tempfile.tempdir = str(SHARED)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """What modules and tests consist of stays until the end: looking through it again and again for garbage takes a
    third of the time of collecting, and some of that of every test."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()
