"""How findings look: on a terminal with the source line and a caret, for machines as JSON."""

import json
import os
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from wabot.cli.output import style
from wabot.language.diagnostic import Diagnostic
from wabot.model.visible import on_one_line, visible

if TYPE_CHECKING:
    from wabot.lint.fixes.fix import Fixed

COLOURS: Final = {"error": "red", "warning": "yellow", "info": "blue"}
_WIDEST: Final = 160


def finding(diagnostic: Diagnostic, *, coloured: bool = True) -> str:
    """One finding in three lines or more; never coloured where nobody looks, or not `coloured`."""
    at = diagnostic.location
    path = on_one_line(shown(at.path))
    how: dict[str, Any] = {"fg": COLOURS[diagnostic.severity], "bold": True} if coloured else {}
    severity = style(diagnostic.severity, **how) if how else diagnostic.severity
    lines = [f"{path}:{at.line}:{at.column}: {severity}: {on_one_line(diagnostic.message)} [{diagnostic.code}]"]
    lines += _excerpt(diagnostic, how)
    if diagnostic.hint:
        lines.append(f"      = {on_one_line(diagnostic.hint)}")
    return "\n".join(lines)


def _excerpt(diagnostic: Diagnostic, how: dict[str, Any]) -> list[str]:
    at = diagnostic.location
    # What a link leads to outside of the tenant's folder is nothing to show to whoever wrote the link.
    source = () if diagnostic.code == "WB015" else _lines(at.path)
    if at.line > len(source) or not source[at.line - 1].strip():
        return []
    line = source[at.line - 1]
    end = at.end_column if at.end_column > at.column else len(line.rstrip()) + 1
    cut = max(0, at.column - 1 - _WIDEST // 2) if len(line) > _WIDEST else 0
    line = line.replace("\t", " ")
    text = visible(line[cut : cut + _WIDEST].rstrip())
    before = width(visible(line[cut : at.column - 1]))
    marked = max(1, width(visible(line[at.column - 1 : min(end - 1, cut + _WIDEST)])))
    number = f"{at.line:5} | "
    caret = style("^" * marked, **how) if how else "^" * marked
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
        return str(Path(os.path.realpath(path)).relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def _lines(path: Path) -> Sequence[str]:
    try:
        path = Path(os.path.realpath(path))
        seen = path.stat()
        return _lines_as_of(path, seen.st_mtime_ns, seen.st_size)
    except OSError:
        return ()


@lru_cache(maxsize=64)
def _lines_as_of(path: Path, _changed: int, _size: int) -> Sequence[str]:
    """A file is read once for all of its findings, and again when it was written meanwhile."""
    from wabot.language.compose import source_lines
    from wabot.language.files import read_file

    return source_lines(read_file(path).decode("utf-8-sig", "replace"))


def fixed(item: "Fixed") -> str:
    """`rules/warung/rules.yaml:4:41: fixed: put 17:30 in quotes [WB006]`."""
    at = item.finding.location
    word = style("fixed", fg="green", bold=True)
    return f"{shown(at.path)}:{at.line}:{at.column}: {word}: {item.title} [{item.finding.code}]"


def tally(diagnostics: Iterable[Diagnostic], looked_at: str) -> str:
    """`3 tenants, 12 files, 40 rules: 2 errors, 1 warning`."""
    return f"{looked_at}: {counts(diagnostics) or 'nothing to complain about'}"


def counts(diagnostics: Iterable[Diagnostic]) -> str:
    """`2 errors, 1 warning`, "" for none."""
    number = Counter(diagnostic.severity for diagnostic in diagnostics)
    found = [plural(number[severity], severity) for severity in ("error", "warning") if number[severity]]
    found += [f"{number['info']} info"] if number["info"] else []
    return ", ".join(found)


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def replies(count: int) -> str:
    return "1 reply" if count == 1 else f"{count:,} replies"


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
