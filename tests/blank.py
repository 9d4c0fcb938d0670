"""A tenant's database as it is before its first message."""

import tempfile
from functools import cache
from pathlib import Path

from wabot.store.sqlite.opening import NAME, open_file


def lay(folder: Path) -> Path:
    """Put one in `folder`, unless there is one: thirty migrations take longer than most tests, and end in the same file
    each time."""
    file = folder / NAME
    if not file.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(0o600)
        file.write_bytes(_made())
    return folder


@cache
def _made() -> bytes:
    with tempfile.TemporaryDirectory() as place:
        open_file(Path(place)).close()
        return (Path(place) / NAME).read_bytes()
