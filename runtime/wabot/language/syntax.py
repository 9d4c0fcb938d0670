"""What the YAML parser's errors mean, and where the mistake most likely is."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import yaml

from wabot.language.diagnostic import Diagnostic, Location

_BARE_VARIABLE: Final = re.compile(r"""[^"']*?(?:[:,\[-]\s+|^\s*)(\{\{[^{}]*\}\})""")
"""A variable where a value begins; the group is the variable."""


def syntax_finding(path: Path, error: yaml.MarkedYAMLError, lines: Sequence[str]) -> Diagnostic:
    """The finding for an error of the parser; `lines` are the file's."""
    mark, context_mark = error.problem_mark, error.context_mark
    # A bracket that was opened and never closed is found out only further down; the mistake is where it was opened. A
    # block opens with its first key, which is seldom the mistake.
    if mark is None or (
        context_mark is not None
        and context_mark.line < mark.line
        and "did not find" in (error.problem or "")
        and "block" not in (error.context or "")
    ):
        mark = context_mark
    if context_mark is not None and "unexpected end of stream" in (error.problem or ""):
        mark = context_mark
    at = Location(path) if mark is None else Location(path, mark.line + 1, mark.column + 1)
    problem = error.problem or "it cannot be parsed"
    line = lines[at.line - 1] if at.line <= len(lines) else ""
    if "\t" in line[: at.column] or "'\\t'" in problem:
        column = line.find("\t") + 1 or at.column
        at = Location(path, at.line, column, column + 1)
        return _error("WB004", "a tab stands where YAML wants spaces", "indent with spaces, two for each level", at)
    if "expected a single document" in (error.context or problem):
        return _error("WB003", "a second document begins here (`---`)", "keep one document a file", at)
    if "undefined alias" in problem:
        return _error("WB003", f"YAML: {problem}", "name it first with &, or put text that begins with * in quotes", at)
    if (value := _BARE_VARIABLE.match(line)) and value.start(1) < at.column:
        at = Location(path, at.line, value.start(1) + 1, value.end(1) + 1)
        message = "this is not YAML: a text that begins with `{{` needs quotes around it"
        hint = f'put the whole text in quotes: "{value[1]} …"'
        return _error("WB003", message, hint, at)
    if "expected key" in problem and line[: at.column - 1].rstrip().endswith(("'", '"')):
        message = "this is not YAML: the text goes on after the quote that ends it"
        hint = "put the whole text in quotes of the other kind, or in a block that begins with |"
        return _error("WB003", message, hint, at)
    context = f" {error.context}:" if error.context else ""
    hint = "texts with `: `, `#`, `{`, `[`, `*`, `&`, `%`, `@` or a quote at a bad place need quotes around them"
    return _error("WB003", f"this is not YAML:{context} {problem}", hint, at)


def _error(code: str, message: str, hint: str, at: Location) -> Diagnostic:
    return Diagnostic(at, "error", code, message, hint)
