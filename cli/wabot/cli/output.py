"""Printing: to people and to machines, for whoever reads along."""

import re
import sys
from enum import StrEnum
from typing import Final

from wabot.model.visible import visible

_STYLE: Final = re.compile(r"(\x1b\[(?:[0-2]|3[0-7])(?:;[0-2])*m)")
"""What `style` writes."""
_COLOURS: Final = {"red": 31, "green": 32, "yellow": 33, "blue": 34}


class Format(StrEnum):
    text = "text"
    json = "json"


def say(text: str) -> None:
    """A line or more on standard output, at once. Names and texts in it may come from anybody: nothing but colours
    reaches the terminal."""
    parts = _STYLE.split(text) if sys.stdout.isatty() else [text]
    shown = "".join(part if number % 2 else visible(part) for number, part in enumerate(parts))
    try:
        sys.stdout.write(f"{shown}\n")
    except UnicodeEncodeError:  # a terminal of another time: what it cannot show is a question mark
        coding = sys.stdout.encoding
        sys.stdout.write(f"{shown}\n".encode(coding, "replace").decode(coding))
    sys.stdout.flush()


def complain(text: str) -> None:
    """A line or more on standard error."""
    sys.stderr.write(f"{visible(text)}\n")
    sys.stderr.flush()


def style(text: str, *, fg: str = "", bold: bool = False, dim: bool = False) -> str:
    """Coloured on a terminal only."""
    if not sys.stdout.isatty():
        return text
    codes = [str(_COLOURS[fg])] if fg else []
    codes += (["1"] if bold else []) + (["2"] if dim else [])
    return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if codes else text
