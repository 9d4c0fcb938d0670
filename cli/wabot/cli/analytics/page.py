"""Lines of figures that fit the terminal: each with its words, which go below it where it is narrow."""

import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from wabot.cli.output import style
from wabot.cli.render import width
from wabot.cli.table import table

_ELSEWHERE: Final = 100
"""Columns of a page where no terminal says how many there are."""
_UNBOUNDED: Final = 200
"""The same, of a table."""
_LEAST: Final = 20
_WORDS: Final = 28
"""Columns below which words do not stand beside a figure."""


class Fact(NamedTuple):
    """A figure, and what it counts."""

    name: str
    value: str
    words: str = ""


def room() -> int:
    """Columns of a line."""
    return max(shutil.get_terminal_size().columns, _LEAST) if sys.stdout.isatty() else _ELSEWHERE


def title(text: str) -> str:
    return style(text, bold=True)


def facts(rows: Sequence[Fact]) -> Iterator[str]:
    """One fact a line, names and values in columns of their own."""
    names = max((width(row.name) for row in rows), default=0)
    values = max((width(row.value) for row in rows), default=0)
    begin = 2 + names + 2 + values + 2
    beside = room() - begin >= _WORDS
    for row in rows:
        name = row.name + " " * (names - width(row.name))
        value = " " * (values - width(row.value)) + row.value
        if not beside:
            yield f"  {name}  {value}"
            yield from paragraph(row.words, 4)
            continue
        first, *others = _wrapped(row.words, room() - begin) or [""]
        yield f"  {name}  {value}  {first}".rstrip()
        yield from (" " * begin + line for line in others)


def paragraph(text: str, indent: int = 2) -> Iterator[str]:
    """The text in lines that fit."""
    yield from (" " * indent + line for line in _wrapped(text, room() - indent))


def _wrapped(text: str, room: int) -> list[str]:
    # A path that is longer than a line stays whole: it is there to be copied.
    return textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False)


def columns(head: Sequence[str], rows: Sequence[Sequence[str]], dispensable: Sequence[int]) -> Iterator[str]:
    """A table with as many of its columns as fit; the `dispensable` ones go first, in their order. The first column is
    cut where even that does not help."""
    kept = list(range(len(head)))
    widths = [max(width(row[column]) for row in (head, *rows)) for column in kept]
    for column in dispensable:
        if sum(widths[one] + 2 for one in kept) > (room() if sys.stdout.isatty() else _UNBOUNDED):
            kept.remove(column)
    numbers = [[_right(row[one], one, widths) for one in kept] for row in (head, *rows)]
    yield from table(numbers[0], numbers[1:], flexible=(0,))


def _right(cell: str, column: int, widths: Sequence[int]) -> str:
    """Figures stand to the right; the first column, and one of words, which is the last, to the left."""
    return cell if column in (0, len(widths) - 1) else " " * (widths[column] - width(cell)) + cell
