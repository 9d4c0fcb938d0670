"""A short text that a regex matches, so that a test for it can be written.

Read by the parser of Python's `re`, whose syntax is nearly RE2's, and held against RE2 before it is given out.
"""

import re
import warnings
from typing import Any, Final

from wabot.language.regex import Regex

_MOST: Final = 500
"""Characters: what needs a longer text is left to people."""
_SAMPLES: Final = "a1 A0.-_b2?!@"


def witness(regex: str, case_sensitive: bool = False) -> str | None:
    """A text that `regex` matches, or None when none was found."""
    from re import _parser  # type: ignore[attr-defined]  # private, and the only reader of regexes in the library

    try:
        with warnings.catch_warnings(action="ignore"):
            made = "".join(_text(_parser.parse(regex)))
        matches = Regex(regex, case_sensitive).find
    except (re.error, ValueError, RecursionError, OverflowError, StopIteration, _Unknown):
        return None
    trimmed = made.strip()
    return next((text for text in (trimmed, made) if text and matches(text.encode("utf-8", "replace"))), None)


class _Unknown(Exception):
    """A part of a regex that no text is made for."""


def _text(parsed: Any) -> list[str]:
    made: list[str] = []
    for operator, argument in parsed:
        made += _part(str(operator), argument, made)
        if sum(map(len, made)) > _MOST:
            raise _Unknown
    return made


def _part(operator: str, argument: Any, before: list[str]) -> list[str]:
    if operator == "LITERAL":
        return [chr(argument)]
    if operator == "NOT_LITERAL":
        return [next(char for char in _SAMPLES if ord(char) != argument)]
    if operator == "ANY":
        return ["a"]
    if operator == "IN":
        return [_member(argument)]
    if operator == "BRANCH":
        return _text(argument[1][0])
    if operator == "SUBPATTERN":
        return _text(argument[3])
    if operator in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        least, _, what = argument
        return _text(what) * least if least <= _MOST else [" " * (_MOST + 1)]
    if operator == "AT":
        return _edge(str(argument), before)
    raise _Unknown


def _edge(place: str, before: list[str]) -> list[str]:
    # `pesan\b.*?\b\d`: nothing stands between the two words yet, so a space parts them.
    last = "".join(before)[-1:]
    return [" "] if place == "AT_BOUNDARY" and (last.isalnum() or last == "_") else []


def _member(items: Any) -> str:
    """A character of a class."""
    negated = str(items[0][0]) == "NEGATE"
    inside = [item for item in items if str(item[0]) != "NEGATE"]
    if not negated:
        kind, value = inside[0]
        if str(kind) == "LITERAL":
            return chr(value)
        if str(kind) == "RANGE":
            return chr(value[0])
    for char in _SAMPLES:
        if any(_belongs(char, str(kind), value) for kind, value in inside) != negated:
            return char
    raise _Unknown


def _belongs(char: str, kind: str, value: Any) -> bool:
    if kind == "LITERAL":
        return bool(ord(char) == value)
    if kind == "RANGE":
        return bool(value[0] <= ord(char) <= value[1])
    category = str(value).removeprefix("CATEGORY_")
    plain = category.removeprefix("NOT_")
    holds = {"DIGIT": char.isdigit(), "SPACE": char.isspace(), "WORD": char.isalnum() or char == "_"}
    if plain not in holds:
        raise _Unknown
    return bool(holds[plain] == (plain == category))
