"""What is wrong in a reply's text, at the place in the file where it is written."""

from collections.abc import Collection, Iterator

from yaml.nodes import ScalarNode

from wabot.language.compose import source_lines
from wabot.language.diagnostic import Location
from wabot.language.document import Document, Steps
from wabot.language.template import Problem, column_of, problems


def check_text(
    document: Document, steps: Steps, text: str, variables: Collection[str] | None, groups: Collection[str]
) -> None:
    """Report what is wrong in a reply's text that stands in YAML, at the place in the YAML."""
    for problem in problems(text, variables=variables, groups=groups):
        at = _place(document, steps, problem)
        document.report(problem.code, problem.message, problem.hint, at=at)


def check_template_file(document: Document, variables: Collection[str] | None, groups: Collection[str]) -> None:
    """Report what is wrong in a file of templates/."""
    lines = source_lines(document.text)
    for problem in problems(document.text, variables=variables, groups=groups):
        line = min(problem.line, len(lines))
        column, end = column_of(lines[line - 1], problem.word)
        at = Location(document.path, line, column, end)
        document.report(problem.code, problem.message, problem.hint, at=at)


def _place(document: Document, steps: Steps, problem: Problem) -> Location:
    """Where in the YAML a problem of a text stands. A literal block keeps its lines; anything else is searched for the
    word, since folding and quoting move it."""
    node = document.node(steps)
    if not isinstance(node, ScalarNode):
        return document.locate(steps)
    lines = source_lines(document.text)
    start = node.start_mark.line
    if node.style == "|":
        candidates: Iterator[int] = iter((start + _leading(node, lines) + problem.line,))
    else:
        candidates = iter(range(start, min(node.end_mark.line + 1, len(lines))))
    for number in candidates:
        if number < len(lines) and problem.word:
            from_column = node.start_mark.column if number == start else 0
            column, end = column_of(lines[number][from_column:], problem.word)
            if lines[number][from_column:][column - 1 : end - 1] == problem.word:
                return Location(document.path, number + 1, from_column + column, from_column + end)
    return document.location(node)


def _leading(node: ScalarNode, lines: list[str]) -> int:
    """Blank lines at the top of a block are lines of the text, unless the text was stripped of them before."""
    count = 0
    while node.start_mark.line + 1 + count < len(lines) and not lines[node.start_mark.line + 1 + count].strip():
        count += 1
    return count if not node.value.startswith("\n") else 0
