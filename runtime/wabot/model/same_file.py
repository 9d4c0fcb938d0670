"""Whether a path still leads to the file or folder that it led to before."""

from pathlib import Path


def identity(path: Path) -> tuple[int, int] | None:
    """Which file or folder stands there; None for none."""
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_dev, seen.st_ino
