"""`wabot validate --fix`: writes what can be mended, or shows it as a diff."""

import codecs
import difflib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from wabot.cli import render
from wabot.cli.survey import Survey
from wabot.language.diagnostic import Diagnostic
from wabot.language.document import Document
from wabot.lint.fixes.apply import Mended, mend
from wabot.lint.fixes.fix import Fixed
from wabot.model.errors import WabotError

Wanted = Callable[[Diagnostic], bool]


@dataclass(frozen=True, slots=True)
class Change:
    """A file as it was read, and as it would be."""

    document: Document
    mended: Mended


def changes(survey: Survey, findings: tuple[Diagnostic, ...], wanted: Wanted, *, unsafe: bool) -> Iterator[Change]:
    """What mending these findings changes, file by file; nothing is written."""
    for path, group in groupby(findings, key=lambda item: item.location.path):
        document = survey.document(path)
        if document is not None:
            mended = mend(document, list(group), unsafe=unsafe, wanted=wanted)
            if mended.fixed:
                yield Change(document, mended)


def write(change: Change) -> tuple[Fixed, ...]:
    """Write a change: the whole new file or, should anything go wrong, the old one as it was.

    Raises:
        WabotError: somebody else changed the file meanwhile.
        OSError: it cannot be written.
    """
    # A link stays a link: what it leads to is what changes.
    path = change.document.path.resolve()
    before = path.read_bytes()
    mark = codecs.BOM_UTF8 if before.startswith(codecs.BOM_UTF8) else b""
    if before != mark + change.document.text.encode("utf-8"):
        raise WabotError(f"{render.shown(path)} changed while it was being mended; run the command again")
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(mark + change.mended.text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(path.stat().st_mode & 0o7777)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    return change.mended.fixed


def as_diff(change: Change) -> str:
    """A change as `git apply` and `patch -p1` take it, from where the user stands."""
    shown = Path(render.shown(change.document.path)).as_posix()
    lines = difflib.unified_diff(
        change.document.text.splitlines(keepends=True),
        change.mended.text.splitlines(keepends=True),
        f"a/{shown}",
        f"b/{shown}",
    )
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
