"""Durations that are too long or too short to be meant."""

import re
from collections.abc import Iterator
from typing import Any, Final

from wabot.language.document import Document, Steps
from wabot.language.read import duration
from wabot.language.rule_set import WINDOW

LONGEST: Final = 366
"""Days."""
LONGEST_KEPT: Final = 3_660
"""Days."""
_DAY: Final = 86_400_000
_LONGEST_WAIT: Final = 43_200_000
"""Milliseconds between a settled chat and the question how it was."""
_KEYS: Final = frozenset(
    {
        *("cooldown", "delay", "expires", "wait", "stale_after", "pause", "more_than", "less_than", "after"),
        *("answer_within", "absent_after"),
    }
)
_SHORTEST_WAITS: Final = {"answer_within": "1m", "absent_after": "2m"}
"""Of handoff: a chat that wanders every few seconds is answered by nobody, and a front end shows itself every half
minute."""
_DURATION: Final = re.compile(r"([0-9]+[smhd])+")
_LIMITS: Final = frozenset({"min", "max"})
_FREE: Final = frozenset({"vars"})
"""Keys below which the names are the owner's own."""


def is_too_long(text: str) -> bool:
    """Whether a duration is longer than `LONGEST`."""
    return duration(text) > LONGEST * 86_400_000


def check_durations(document: Document) -> None:
    """Report every duration of a file that is too long, or too short."""
    for steps, text in _durations(document.data, ()):
        if is_too_long(text):
            hint = "write a shorter one"
            document.report("WB207", f"{_short(text)} is longer than {LONGEST} days", hint, at=document.locate(steps))
    if document.kind == "tenant":
        _check_kept(document)
        _check_survey(document)
        _check_handoff(document)
    if document.kind == "rules":
        _check_follow_ups(document)


def _check_kept(document: Document) -> None:
    kept = _written(document, "keep")
    if not (milliseconds := duration(kept)):
        return  # for ever, or of no right form, which is told elsewhere
    if not WINDOW <= milliseconds <= LONGEST_KEPT * _DAY:
        message = f"{_short(kept)} is not from {WINDOW // _DAY} to {LONGEST_KEPT} days"
        document.report("WB207", message, "write such as 365d, or forever", at=document.locate(("keep",)))


def _check_survey(document: Document) -> None:
    wait = _written(document, "csat", "wait")
    if duration(wait) > _LONGEST_WAIT:
        message = f"{_short(wait)} is longer than 12 hours: nobody remembers what the question is about"
        document.report("WB207", message, "write a shorter one", at=document.locate(("csat", "wait")))


def _check_handoff(document: Document) -> None:
    for key, least in _SHORTEST_WAITS.items():
        written = _written(document, "handoff", key)
        # What has no right form is told elsewhere.
        if _DURATION.fullmatch(written) and duration(written) < duration(least):
            message, at = f"{_short(written)} is shorter than {least}", document.locate(("handoff", key))
            document.report("WB207", message, f"write {least} or more", at=at)


def _written(document: Document, *keys: str) -> str:
    """The text that stands there; "" where there is none."""
    found = document.data
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""


def _check_follow_ups(document: Document) -> None:
    listed = document.data.get("rules") if isinstance(document.data, dict) else None
    for index, rule in enumerate(listed if isinstance(listed, list) else ()):
        asked = rule.get("follow_up") if isinstance(rule, dict) else None
        after = asked.get("after") if isinstance(asked, dict) else None
        if isinstance(after, str) and duration(after) >= WINDOW:
            message = (
                f"{_short(after)} is not less than {WINDOW // _DAY} days: who is silent for that long is left alone"
            )
            at = document.locate(("rules", index, "follow_up", "after"))
            document.report("WB207", message, "write a shorter one", at=at)


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
