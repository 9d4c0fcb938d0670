"""Where files of tests and benches lie that need not outlive the machine."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SHARED = Path("/dev/shm")


@contextmanager
def in_memory(parent: Path | None = None) -> Iterator[Path]:
    """A folder for as long as the block lasts, in `parent` or else in memory, where there is such a place: the library
    syncs its key store at every step."""
    where = parent or (SHARED if SHARED.is_dir() else None)
    with tempfile.TemporaryDirectory(prefix="wabot-", dir=where, ignore_cleanup_errors=True) as folder:
        yield Path(folder)
