"""Writes new files, all of them or none, and never over one that is there."""

import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from wabot.model.errors import UsageError


def conflicts(root: Path, files: Mapping[str, bytes], whole: str = "") -> list[str]:
    """Those of `files`, and the folder `whole`, that something stands in the way of."""
    single = [name for name in files if not whole or not name.startswith(f"{whole}/")]
    return [name for name in (*single, *((whole,) if whole else ())) if _blocked(root, Path(name))]


def _blocked(root: Path, name: Path) -> bool:
    place = root / name
    parents = (root / parent for parent in name.parents)
    return place.exists() or place.is_symlink() or any(parent.exists() and not parent.is_dir() for parent in parents)


def write(root: Path, files: Mapping[str, bytes], whole: str = "") -> None:
    """Write `files` under `root`, in their order; those in the folder `whole` appear at once and last, so that nobody
    ever sees half of them. When something fails, everything is as it was before.

    Raises:
        UsageError: a file is there already.
        OSError: it cannot be written.
    """
    if blocked := conflicts(root, files, whole):
        raise UsageError(f"{', '.join(blocked)}: exists already")
    made = _missing_folders(root)
    staging: Path | None = None
    moved: list[Path] = []
    try:
        root.mkdir(parents=True, exist_ok=True)
        # On the same file system as what it becomes: a rename cannot end halfway.
        staging = Path(tempfile.mkdtemp(prefix=".wabot-init-", dir=root))
        for name, data in files.items():
            path = staging / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        single = [name for name in files if not whole or not name.startswith(f"{whole}/")]
        for name in (*single, *((whole,) if whole else ())):
            made += _missing_folders((root / name).parent)
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (staging / name).rename(root / name)
            moved.append(root / name)
    except BaseException:
        for path in reversed(moved):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        if staging is not None:
            shutil.rmtree(staging, ignore_errors=True)
        for folder in reversed(made):
            with suppress(OSError):  # not made yet, or somebody has put something there meanwhile
                folder.rmdir()
        raise
    shutil.rmtree(staging, ignore_errors=True)


def _missing_folders(path: Path) -> list[Path]:
    """The folders that have to be made for `path`, outermost first."""
    return [folder for folder in reversed((path, *path.parents)) if not folder.exists()]
