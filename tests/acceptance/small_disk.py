"""A small disk of its own for a test: a tmpfs, mounted here as root, or by another run of the test in a namespace."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_INSIDE = "WABOT_TEST_IN_NAMESPACE"
_UNSHARE = ["unshare", "--user", "--map-root-user", "--mount"]


@contextmanager
def small_disk(request: pytest.FixtureRequest, place: Path, megabytes: int) -> Iterator[Path | None]:
    """A disk of that size at `place`; None when the whole test was run elsewhere, and passed there. Skips where neither
    is possible."""
    place.mkdir()
    mounted = _run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "tmpfs", str(place)])
    if mounted is not None:
        if os.environ.get(_INSIDE) or shutil.which("unshare") is None or _run([*_UNSHARE, "true"]) is not None:
            pytest.skip(f"no disk can be mounted here: {mounted}")
        again = [*_UNSHARE, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        again += [f"--basetemp={place.parent / 'again'}", request.node.nodeid]
        ran = subprocess.run(
            again,
            cwd=request.config.rootpath,
            env={**os.environ, _INSIDE: "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        if "skipped" in ran.stdout:
            pytest.skip(f"no disk can be mounted here: {mounted}")
        yield None
        return
    try:
        yield place
    finally:
        _run(["umount", "--lazy", str(place)])


def fill(disk: Path) -> Path:
    """A file that takes all that is free on the disk."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65_536, 4_096, 1):
            try:
                while file.write(b"\0" * size) == size:
                    pass
            except OSError:
                continue
    return filler


def _run(command: list[str]) -> str | None:
    """None when it went well, else why not."""
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return None if ran.returncode == 0 else ran.stderr.strip() or f"{command[0]} ended with {ran.returncode}"
