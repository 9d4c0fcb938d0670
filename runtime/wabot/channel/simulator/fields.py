"""Fields of a customers' line, checked."""

import re
from collections.abc import Mapping
from typing import Any, Final

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_MOST: Final = 1 << 53
"""JSON's numbers are exact up to here."""


class BadLine(ValueError):
    """A line that is no message; its text says why."""


def text(data: Mapping[str, Any], key: str, default: str | None = None) -> str:
    """A text; one without a `default` must be there.

    Raises:
        BadLine: it is missing or no text.
    """
    value = data.get(key, default)
    if value is None and default is None:
        raise BadLine(f"`{key}` is missing")
    if not isinstance(value, str):
        raise BadLine(f"`{key}` must be a text, in quotes")
    # JSON can name half a character; no message on the wire, and no database, can hold one.
    return _SURROGATE.sub("\ufffd", value)


def number(data: Mapping[str, Any], key: str, *, whole: bool = False) -> float | int | None:
    """A number, None when it is not there; a `whole` one is not negative either.

    Raises:
        BadLine: it is no number, or not such a one.
    """
    value = data.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
        raise BadLine(f"`{key}` must be a {'whole ' if whole else ''}number")
    if not abs(value) < _MOST or (whole and value < 0):  # `not`: NaN is no number either
        raise BadLine(f"`{key}` is out of range")
    return value
