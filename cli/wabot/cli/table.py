"""Rows in columns that fit the terminal."""

import shutil
import sys
from collections.abc import Iterator, Sequence
from typing import Final

from wabot.cli.output import style
from wabot.cli.render import width
from wabot.model.visible import on_one_line

_UNBOUNDED: Final = 200
"""Columns where no terminal says how many there are: a file, a pipe."""
_LEAST: Final = 12
_LONGEST: Final = 1_000
"""Characters of a cell: no terminal is that wide, and each is measured."""


def table(head: Sequence[str], rows: Sequence[Sequence[str]], flexible: Sequence[int]) -> Iterator[str]:
    """Lines of the table, one for each row; a column without any text is left out. When the terminal is too narrow,
    the cells of the `flexible` columns are cut, the widest first."""
    rows = [[on_one_line(cell[:_LONGEST]) for cell in row] for row in rows]
    kept = [column for column in range(len(head)) if any(row[column] for row in rows)]
    widths = {column: max(width(row[column]) for row in (head, *rows)) for column in kept}
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else _UNBOUNDED
    while sum(widths.values()) + 2 * len(kept) > room:
        widest = max((column for column in kept if column in flexible), key=widths.__getitem__, default=None)
        if widest is None or widths[widest] <= _LEAST:
            break
        widths[widest] -= 1
    yield style(_line(head, kept, widths), bold=True)
    yield from (_line(row, kept, widths) for row in rows)


def _line(row: Sequence[str], kept: Sequence[int], widths: dict[int, int]) -> str:
    cells = [cut(row[column], widths[column]) for column in kept]
    padded = [cell + " " * (widths[column] - width(cell)) for column, cell in zip(kept, cells, strict=True)]
    return ("  " + "  ".join(padded)).rstrip()


def cut(text: str, most: int) -> str:
    """The text, ended with … where it is wider than `most` columns."""
    if width(text) <= most:
        return text
    while width(text) >= most:
        text = text[:-1]
    return text + "…"
