"""Working hours on the wire: `{"monday": {"start": "09:00", "end": "17:00"}}`, or as hours.yaml has them. They are
stored as hours.yaml has them."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from wabot.api.problems import Problem
from wabot.language.hours import DAY, DAYS, Span, read_weekly

NAMES: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_EXAMPLE: Final = '{"monday": {"start": "09:00", "end": "17:00"}}'
_LONGEST: Final = 4_000
"""Characters."""
_RANGE: Final = re.compile(rf"({'|'.join(DAYS)})(-({'|'.join(DAYS)}))?")
_SPAN: Final = re.compile(r"[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}")


def read_hours(written: Mapping[str, Any] | None) -> str:
    """Hours as `model.people.Operator` has them; "" (always) for none.

    Raises:
        Problem: 400, they are no hours.
    """
    if not written:
        return ""
    try:
        weekly = {_days(day): _spans(spans) for day, spans in written.items()}
        if len(weekly) < len(written):
            raise ValueError("a day is written twice")
        read_weekly(weekly)
    except ValueError as error:
        said = f"These are no working hours: {error}; write such as {_EXAMPLE}"
        raise Problem(400, said, "INVALID") from None
    stored = json.dumps(weekly)
    if len(stored) > _LONGEST:
        raise Problem(400, "These are too many working hours.", "INVALID")
    return stored


def shown(stored: str) -> dict[str, Any] | None:
    """A day's span, or its spans where it has several; no day that is free. None for always."""
    try:
        weekly = read_weekly(json.loads(stored)) if stored else None
    except (ValueError, TypeError, AttributeError):
        return {}
    if weekly is None:
        return None
    days = {name: [_shown(span) for span in spans] for name, spans in zip(NAMES, weekly, strict=True) if spans}
    return {name: spans[0] if len(spans) == 1 else spans for name, spans in days.items()}


def _days(written: str) -> str:
    if written in NAMES:
        return DAYS[NAMES.index(written)]
    if not _RANGE.fullmatch(written):
        raise ValueError("a day is none")
    return written


def _spans(written: Any) -> Any:
    if written is None or written == "closed":
        return "closed"
    return [_span(one) for one in (written if isinstance(written, list) else [written])]


def _span(written: Any) -> str:
    if isinstance(written, dict) and written.keys() == {"start", "end"}:
        written = f"{written['start']}-{written['end']}"
    if not isinstance(written, str) or not _SPAN.fullmatch(written):
        raise ValueError("a time is none")
    return written


def _shown(span: Span) -> dict[str, str]:
    return {"start": _clock(span.start), "end": _clock(span.end if span.end <= DAY else span.end - DAY)}


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
