"""Where the folders of tests lie."""

import os
import shutil
from pathlib import Path

_MEMORY = Path("/dev/shm")  # noqa: S108 - only the parent: pytest makes a folder in it, mode 0700
_ENOUGH = 2_000_000_000


def pytest_configure() -> None:
    """Tests' folders lie in memory where there is room: each opens databases, which wait for the disk at every step.
    No test is about what a disk does with what it was told to keep; those that need a disk of a kind make one."""
    if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ENOUGH:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))
