"""Where the marks of a chart lie. Charts hold no words and know no colours: the page's template draws them."""

from collections.abc import Sequence
from typing import Final, NamedTuple

WIDE: Final = 10
"""The room of a column in the drawing, of which the column takes most; it is stretched to the width of the page."""
_GAP: Final = 1.4
_LABELS: Final = 5
_NICE: Final = (1, 2, 2.5, 5, 10)


class Bar(NamedTuple):
    """A rectangle of the series `series`; the drawing is 100 high, with 0 at the top."""

    series: int
    x: float
    y: float
    width: float
    height: float


class Column(NamedTuple):
    """One of the columns, with what is on each other in it, from the bottom up."""

    number: int
    bars: tuple[Bar, ...]


class Line(NamedTuple):
    """A line across, and the number that it stands for."""

    value: int
    y: float


class Mark(NamedTuple):
    """Under which column a label stands: where its middle is, in percent of the width."""

    number: int
    at: float


class Columns(NamedTuple):
    """A chart of columns, `width` wide and 100 high."""

    width: int
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    marks: tuple[Mark, ...]


def stacked(rows: Sequence[Sequence[int]]) -> Columns:
    """Columns of which each has its numbers on each other."""
    top, step = scale(max((sum(row) for row in rows), default=0))
    columns = []
    for number, row in enumerate(rows):
        bars, y = [], 100.0
        for series, value in enumerate(row):
            height = 100 * value / top
            y -= height
            if value:
                bars.append(Bar(series, number * WIDE + _GAP, round(y, 2), WIDE - 2 * _GAP, round(height, 2)))
        columns.append(Column(number, tuple(bars)))
    lines = tuple(Line(value, round(100 - 100 * value / top, 2)) for value in range(0, top + 1, step))
    return Columns(len(rows) * WIDE, tuple(columns), lines, _marks(len(rows)))


def scale(most: int) -> tuple[int, int]:
    """Where an axis for numbers up to `most` ends, and the steps between its lines: round numbers, three to five."""
    for power in range(12):
        for nice in _NICE:
            step = nice * 10**power
            if step == int(step) and step * 4 >= most:
                count = max(-(-most // int(step)), 2)
                return int(step) * count, int(step)
    return most, most


def parts(values: Sequence[int]) -> tuple[Bar, ...]:
    """A bar of 100 across, 10 high, divided among the values; nothing where all are 0."""
    whole, bars, x = sum(values), [], 0.0
    for series, value in enumerate(values):
        if value:
            width = 100 * value / whole
            bars.append(Bar(series, round(x, 2), 0, round(width, 2), 10))
            x += width
    return tuple(bars)


def shade(value: int, most: int, shades: int) -> int:
    """Which of so many shades, from 1, stands for the value; 0 is for nothing."""
    return min(-(-value * shades // most), shades) if value and most else 0


def _marks(number: int) -> tuple[Mark, ...]:
    step = max(-(-number // _LABELS), 1)
    first = (number - 1) % step // 2
    return tuple(Mark(one, round(100 * (one + 0.5) / number, 2)) for one in range(first, number, step))
