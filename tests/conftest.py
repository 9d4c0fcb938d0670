"""Where the folders of tests lie, and that none is timed."""

import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import settings

_MEMORY = Path("/dev/shm")  # noqa: S108 - only the parent: folders are made in it, mode 0700
_ENOUGH = 2_000_000_000

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_configure() -> None:
    """Temporary folders lie in memory where there is room: most tests open databases, which wait for the disk at every
    step. No test is about what a disk keeps; those that need a disk of a kind make one."""
    if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ENOUGH:
        tempfile.tempdir = str(_MEMORY)
