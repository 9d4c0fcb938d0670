"""Sparklines, bars and shades, in characters that the output can hold."""

import sys
from collections.abc import Sequence
from typing import Final, NamedTuple


class Marks(NamedTuple):
    """From little to much: of a line, and of a shade (the first for nothing at all)."""

    steps: str
    shades: str
    bar: str
    reached: str
    missed: str


_FINE: Final = Marks("▁▂▃▄▅▆▇█", "·░▒▓█", "█", "✓", "✗")
_PLAIN: Final = Marks("_.-=+*%#", ".-+*#", "#", "+", "-")


def marks() -> Marks:
    """Those that standard output can hold."""
    try:
        "".join(_FINE).encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return _PLAIN
    return _FINE


def sparkline(values: Sequence[float | None], room: int) -> str:
    """One mark a value, from 0 to the greatest; a space where there is none. When there are more values than `room`,
    each mark is the average of as many neighbours as it takes."""
    size = max(1, -(-len(values) // max(room, 1)))
    known = [_average(values[first : first + size]) for first in range(0, len(values), size)]
    most, steps = max((value for value in known if value is not None), default=0), marks().steps
    return "".join(" " if value is None else _mark(steps, value, most) for value in known).rstrip()


def bar(value: float, most: float, room: int) -> str:
    """So much of `room` as `value` is of `most`: at least one mark for anything, none for nothing."""
    if value <= 0 or most <= 0:
        return ""
    return marks().bar * max(1, round(value / most * room))


def shade(value: float, most: float) -> str:
    """One mark: the first for nothing, the last for the greatest."""
    first, rest = marks().shades[0], marks().shades[1:]
    return first if value <= 0 or most <= 0 else _mark(rest, value, most)


def _mark(steps: str, value: float, most: float) -> str:
    return steps[min(int(value / most * len(steps)), len(steps) - 1)] if most > 0 else steps[0]


def _average(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
