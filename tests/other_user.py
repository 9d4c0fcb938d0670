"""Tests of what somebody may not do, also where root runs them, to whom nothing is closed."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NOBODY = 65_534


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that everybody may enter: pytest's own are closed to others. What is in it may be closed."""
    place = Path(tempfile.mkdtemp(prefix="wabot-"))
    place.chmod(0o755)
    try:
        yield place
    finally:
        for folder, below, _ in os.walk(place):
            for name in below:
                Path(folder, name).chmod(0o755)
        shutil.rmtree(place)


@contextmanager
def another_user() -> Iterator[None]:
    """Root becomes nobody for a while, who may not be able to load what is imported late. Whoever is not root stays."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
