"""Durations that are too long to be meant, and would run out of the calendar."""

from collections.abc import Iterator
from typing import Any, Final

from wabot.language.document import Document, Steps
from wabot.language.read import duration

LONGEST: Final = 366
"""Days."""
_KEYS: Final = frozenset(
    {"cooldown", "delay", "expires", "wait", "stale_after", "pause", "more_than", "less_than", "after"}
)
_LIMITS: Final = frozenset({"min", "max"})
_FREE: Final = frozenset({"vars"})
"""Keys below which the names are the owner's own."""


def is_too_long(text: str) -> bool:
    """Whether a duration is longer than `LONGEST`."""
    return duration(text) > LONGEST * 86_400_000


def check_durations(document: Document) -> None:
    """Report every duration of a file that is too long."""
    for steps, text in _durations(document.data, ()):
        if is_too_long(text):
            hint = "write a shorter one"
            document.report("WB207", f"{_short(text)} is longer than {LONGEST} days", hint, at=document.locate(steps))


def _durations(data: Any, steps: Steps) -> Iterator[tuple[Steps, str]]:
    if isinstance(data, list):
        for index, item in enumerate(data):
            yield from _durations(item, (*steps, index))
    elif isinstance(data, dict):
        for key, value in data.items():
            if not isinstance(value, str):
                if key not in _FREE:
                    yield from _durations(value, (*steps, key))
            elif key in _KEYS or (key in _LIMITS and steps[-1:] == ("delay",)):
                yield (*steps, key), value


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
