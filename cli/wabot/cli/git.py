"""What git knows of a checkout: which lines changed since a commit, and how everything was then."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wabot.model.errors import UsageError

_OF_A_HOOK: Final = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"})
_HUNK: Final = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_ESCAPE: Final = re.compile(rb'\\([0-7]{3}|[abtnvfr"\\])')
_LETTERS: Final = {b"a": b"\a", b"b": b"\b", b"t": b"\t", b"n": b"\n", b"v": b"\v", b"f": b"\f", b"r": b"\r"}


@dataclass(frozen=True, slots=True)
class Changes:
    """Lines that a change wrote, by file (absolute, without links): None stands for the whole of a file."""

    lines: Mapping[Path, tuple[range, ...] | None]

    def touch(self, path: Path, line: int) -> bool:
        if path not in self.lines:
            return False
        ranges = self.lines[path]
        return ranges is None or any(line in one for one in ranges)


class Checkout:
    """The git checkout that holds `place`, as compared to the commit `base`.

    Raises:
        UsageError: there is no git, `place` lies in no checkout, or `base` names no commit of it.
    """

    def __init__(self, place: Path, base: str) -> None:
        if shutil.which("git") is None:
            raise UsageError("--changed needs git, which is not installed here")
        place = place.resolve()
        self.root = place if place.is_dir() else place.parent
        top = self._try("rev-parse", "--show-toplevel")
        if top is None:
            raise UsageError(f"--changed needs a git repository, and {place} lies in none")
        self.root = Path(os.fsdecode(top.rstrip(b"\n"))).resolve()
        commit = (
            self._try("rev-parse", "--verify", "--quiet", "--end-of-options", f"{base}^{{commit}}") if base else b""
        )
        if not commit:
            hint = "a shallow clone has to fetch it first" if base else "name a commit or a branch, such as main"
            raise UsageError(f"--changed: git knows no commit `{base}` here; {hint}")
        self.base = commit.decode().strip()

    def changes(self) -> Changes:
        """What differs between the files as they are now and the commit; files that git does not track are new."""
        diff = self._git(
            "diff", "-U0", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", "--text",
            "--ignore-submodules", "--src-prefix=a/", "--dst-prefix=b/", self.base, "--",
        )  # fmt: skip
        lines: dict[Path, tuple[range, ...] | None] = {
            self.root / os.fsdecode(name): ranges for name, ranges in read_diff(diff)
        }
        untracked = self._git("ls-files", "--others", "--exclude-standard", "-z")
        lines |= {self.root / os.fsdecode(name): None for name in untracked.split(b"\0") if name}
        return Changes(lines)

    @contextmanager
    def before(self, folder: Path) -> Iterator[Path]:
        """`folder` as it was at the commit, in a place that is thrown away afterwards; there is nothing at the path
        when there was nothing then. The checkout itself, its index and its worktrees are left as they are."""
        within = folder.resolve().relative_to(self.root)
        with tempfile.TemporaryDirectory(prefix="wabot-base-") as place:
            # The folder's name is the tenant's id, also where it is the top of the checkout.
            tree = Path(place).resolve() / self.root.name / within
            what = f"{self.base}:{within.as_posix() if within.parts else ''}"
            if self._try("cat-file", "-t", what) == b"tree\n":
                tree.mkdir(parents=True)
                own = {"GIT_INDEX_FILE": str(Path(place) / "index")}
                self._git("read-tree", what, env=own)
                self._git("checkout-index", "--all", "--force", f"--prefix={tree}/", env=own)
            yield tree

    def written(self, folder: Path) -> Iterator[tuple[int, str]]:
        """Every line that was ever written in `folder` until the commit, the oldest first, with when that was committed
        (seconds since 1970)."""
        within = folder.resolve().relative_to(self.root).as_posix()
        log = self._git(
            "log", "--reverse", "--format=%x00%ct", "-p", "-U0", "--no-color", "--no-ext-diff", "--no-textconv",
            "--no-renames", self.base, "--", within,
        )  # fmt: skip
        at = 0
        for line in log.split(b"\n"):
            if line.startswith(b"\0"):
                at = int(line[1:])
            elif line.startswith(b"+") and not line.startswith(b"+++ "):
                yield at, line[1:].decode("utf-8", "replace")

    def _git(self, *words: str, env: Mapping[str, str] | None = None) -> bytes:
        said = self._run(words, env)
        if said.returncode:
            reason = said.stderr.decode("utf-8", "replace").strip()
            raise OSError(f"git {words[0]} failed: {reason}")
        return said.stdout

    def _try(self, *words: str) -> bytes | None:
        said = self._run(words, None)
        return None if said.returncode else said.stdout

    def _run(self, words: tuple[str, ...], env: Mapping[str, str] | None) -> "subprocess.CompletedProcess[bytes]":
        command = ["git", "-C", str(self.root), "--literal-pathspecs", *words]
        # In a hook, git names its own checkout and index to whatever runs there; here the place decides.
        around = {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}
        return subprocess.run(command, capture_output=True, check=False, env={**around, **(env or {})})


def read_diff(diff: bytes) -> Iterator[tuple[bytes, tuple[range, ...]]]:
    """`git diff -U0` → each file that is still there, and the lines that were written in it."""
    lines = iter(diff.split(b"\n"))
    name: bytes | None = None
    ranges: list[range] = []
    for line in lines:
        if line.startswith(b"diff --git "):
            if name is not None:
                yield name, tuple(ranges)
            name, ranges = None, []
        elif line.startswith(b"+++ "):
            name = _name(line[4:])
        elif hunk := _HUNK.match(line):
            removed, start, added = (1 if count is None else int(count) for count in hunk.groups())
            ranges.append(range(start, start + added))
            # What follows is text of the files, which may look like anything.
            for _ in range(removed + added):
                next(lines, None)
    if name is not None:
        yield name, tuple(ranges)


def _name(written: bytes) -> bytes | None:
    written = written.rstrip(b"\t")
    if written.startswith(b'"'):
        written = _ESCAPE.sub(_unescape, written[1:-1])
    return written[2:] if written.startswith(b"b/") else None


def _unescape(found: "re.Match[bytes]") -> bytes:
    said = found[1]
    return bytes([int(said, 8)]) if len(said) == 3 else _LETTERS.get(said, said)
