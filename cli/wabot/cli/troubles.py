"""What is wrong with a tenant's data folder, as it shows from outside: also when nothing can be written into it."""

import shutil
from pathlib import Path
from typing import Final

from wabot.store.keeping.layout import damaged_files

_FULL: Final = 1_000_000
"""Bytes: with less than that the disk is as good as full."""


def troubles(folder: Path) -> list[str]:
    """A sentence each: a full disk, and files that were set aside as damaged, as long as
    they lie there."""
    found = []
    try:
        if (free := shutil.disk_usage(folder).free) < _FULL:
            found.append(
                f"the disk is full ({free / 1_000:,.0f} kB are free): messages wait in memory until there is space"
            )
    except OSError:
        pass
    return found + [told for _, told in set_aside(folder)]


def set_aside(folder: Path) -> list[tuple[Path, str]]:
    """The damaged files that lie in the folder, each with what was found and done."""
    found = []
    for path in damaged_files(folder):
        try:
            told = path.with_name(f"{path.name}.txt").read_text("utf-8", "replace").strip()
        except OSError:
            told = f"a file was damaged and is set aside as {path.name}"
        found.append((path, told))
    return found
