"""The comments of a file. PyYAML drops them, so they are looked for in the text, between what YAML reads as values."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

import yaml

_BREAK: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_JINJA_BREAK: Final = re.compile("\r\n|\r")
_COMMENT: Final = re.compile(r"(?:^|(?<=[\s\x85\u2028\u2029]))#", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Comment:
    """`text` without its marks and the white space around. `line` and `column` count from 1, `end_column` is the one
    after the last (0: on a later line). `alone` says that nothing else stands on its lines, which end
    with `last_line`."""

    text: str
    line: int
    column: int
    end_column: int
    last_line: int
    alone: bool


@dataclass(frozen=True, slots=True)
class Span:
    """A value that reaches over several lines; `block` for the kinds | and >, which begin with their mark."""

    first_line: int
    last_line: int
    block: bool


def yaml_comments(text: str) -> tuple[list[Comment], list[Span]]:
    """The comments of a YAML text, and the values that reach over several lines. A text that is not YAML has none."""
    try:
        scalars = [token for token in yaml.scan(text, Loader=yaml.CSafeLoader) if isinstance(token, yaml.ScalarToken)]
    except yaml.YAMLError:
        return [], []
    starts = [token.start_mark.index for token in scalars]
    comments: list[Comment] = []
    line_starts = [0, *(found.end() for found in _BREAK.finditer(text))]
    at = 0
    while found := _COMMENT.search(text, at):
        start = found.start()
        inside = scalars[bisect_right(starts, start) - 1] if starts and starts[0] <= start else None
        line = bisect_right(line_starts, start)
        if inside is not None and start < inside.end_mark.index and not _on_header(inside, line):
            at = inside.end_mark.index
            continue
        end = next_break.start() if (next_break := _BREAK.search(text, start)) else len(text)
        before = text[line_starts[line - 1] : start]
        column = start - line_starts[line - 1] + 1
        said = text[start:end].rstrip()
        comments.append(Comment(said.lstrip("#").strip(), line, column, column + len(said), line, not before.strip()))
        at = end
    spans = [
        Span(token.start_mark.line + 1, _last_line(token), token.style in ("|", ">"))
        for token in scalars
        if token.end_mark.line > token.start_mark.line
    ]
    return comments, spans


def _on_header(token: yaml.ScalarToken, line: int) -> bool:
    """`message: |  # a comment` is one, though YAML counts it to the text that follows."""
    return token.style in ("|", ">") and line == token.start_mark.line + 1


def _last_line(token: yaml.ScalarToken) -> int:
    # The end of a block is the beginning of what follows it.
    return int(token.end_mark.line) + (1 if token.end_mark.column else 0)


def template_comments(text: str) -> list[Comment]:
    """The `{# … #}` of a template; none in a text that is no template."""
    from jinja2 import TemplateSyntaxError

    from wabot.language.sandbox import environment

    text = _JINJA_BREAK.sub("\n", text)
    try:
        values = [value for _, kind, value in environment().lex(text) if kind == "comment"]
    except TemplateSyntaxError:
        return []
    comments: list[Comment] = []
    at = 0
    for value in values:
        # The lexer tells lines but no columns, and knows which `{#` only stand in a string.
        found = re.compile(r"\{#[-+]?" + re.escape(value) + r"[-+]?#\}").search(text, at)
        if found is None:
            continue
        at = found.end()
        line = text.count("\n", 0, found.start()) + 1
        begin = text.rfind("\n", 0, found.start()) + 1
        last_break = text.find("\n", at)
        around = text[begin : found.start()] + text[at : last_break if last_break >= 0 else len(text)]
        last = line + value.count("\n")
        column = found.start() - begin + 1
        end = 0 if last > line else column + len(found[0])
        comments.append(Comment(value.strip("-+ \t\n"), line, column, end, last, not around.strip()))
    return comments
