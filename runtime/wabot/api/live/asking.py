"""What clients send with their events, checked."""

from collections.abc import Mapping
from typing import Any, Final

from wabot.api.problems import Problem

_LONGEST: Final = 100


def text(said: Mapping[str, Any], field: str) -> str:
    """
    Raises:
        Problem: 400, it is missing, or no short text.
    """
    value = said.get(field)
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST:
        raise Problem(400, f"`{field}` is a text of 1 to {_LONGEST} characters.", "INVALID", fields=[field])
    return value


def texts(said: Mapping[str, Any], field: str, most: int) -> list[str]:
    """
    Raises:
        Problem: 400, it is no list of so many short texts at most.
    """
    value = said.get(field, [])
    if not isinstance(value, list) or len(value) > most:
        raise Problem(400, f"`{field}` is a list of at most {most} ids.", "INVALID", fields=[field])
    return [text({field: one}, field) for one in value]


def position(said: object) -> int:
    """A cursor, as events bear it.

    Raises:
        Problem: 400, it is none.
    """
    if isinstance(said, str) and said.isascii() and said.isdigit() and len(said) <= 18:
        return int(said)
    raise Problem(400, "`cursor` is what an event bore as its `cursor`.", "INVALID", fields=["cursor"])


def number(said: Mapping[str, Any], field: str, default: int, most: int) -> int:
    """
    Raises:
        Problem: 400, it is no whole number from 1 to `most`.
    """
    value = said.get(field, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise Problem(400, f"`{field}` is a whole number from 1 to {most}.", "INVALID", fields=[field])
    return value
