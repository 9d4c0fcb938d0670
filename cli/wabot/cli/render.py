"""How findings look: on a terminal with the source line and a caret, for machines as JSON."""

import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from wabot.cli.output import style
from wabot.language.diagnostic import Diagnostic

COLOURS: Final = {"error": "red", "warning": "yellow", "info": "blue"}
_WIDEST: Final = 160


def finding(diagnostic: Diagnostic) -> str:
    """One finding in three lines or more."""
    at = diagnostic.location
    path = shown(at.path)
    severity = style(diagnostic.severity, fg=COLOURS[diagnostic.severity], bold=True)
    lines = [f"{path}:{at.line}:{at.column}: {severity}: {diagnostic.message} [{diagnostic.code}]"]
    lines += _excerpt(diagnostic)
    if diagnostic.hint:
        lines.append(f"      = {diagnostic.hint}")
    return "\n".join(lines)


def _excerpt(diagnostic: Diagnostic) -> list[str]:
    at = diagnostic.location
    source = _lines(at.path)
    if at.line > len(source) or not source[at.line - 1].strip():
        return []
    line = source[at.line - 1]
    end = at.end_column if at.end_column > at.column else len(line.rstrip()) + 1
    cut = max(0, at.column - 1 - _WIDEST // 2) if len(line) > _WIDEST else 0
    text = line[cut : cut + _WIDEST].replace("\t", " ").rstrip()
    before = width(line[cut : at.column - 1])
    marked = max(1, width(line[at.column - 1 : min(end - 1, cut + _WIDEST)]))
    number = f"{at.line:5} | "
    caret = style("^" * marked, fg=COLOURS[diagnostic.severity], bold=True)
    return [f"{number}{text}", f"      | {' ' * before}{caret}"]


def width(text: str) -> int:
    """Columns that a text takes on a terminal: emoji and East Asian characters take two, combining ones none."""
    return sum(
        0
        if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Cf")
        else 1 + (unicodedata.east_asian_width(char) in "WF")
        for char in text
    )


def shown(path: Path) -> str:
    """A path as its reader would write it: relative to where they are, if it lies below."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def _lines(path: Path) -> Sequence[str]:
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError:
        return ()


@lru_cache(maxsize=8)
def _read(path: Path, _version: int) -> Sequence[str]:
    from wabot.language.document import source_lines

    return source_lines(path.read_bytes().decode("utf-8-sig", "replace"))


def tally(diagnostics: Iterable[Diagnostic], looked_at: str) -> str:
    """`3 tenants, 12 files, 40 rules: 2 errors, 1 warning`."""
    counts = Counter(diagnostic.severity for diagnostic in diagnostics)
    found = [plural(counts[severity], severity) for severity in ("error", "warning") if counts[severity]]
    found += [f"{counts['info']} info"] if counts["info"] else []
    return f"{looked_at}: {', '.join(found) or 'nothing to complain about'}"


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def finding_as_data(diagnostic: Diagnostic) -> dict[str, Any]:
    """One finding for machines."""
    at = diagnostic.location
    return {
        "path": shown(at.path),
        "line": at.line,
        "column": at.column,
        "end_column": at.end_column or None,
        "severity": diagnostic.severity,
        "code": diagnostic.code,
        "message": diagnostic.message,
        "hint": diagnostic.hint,
    }
