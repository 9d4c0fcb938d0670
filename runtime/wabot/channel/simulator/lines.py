"""A line of a customers' file as a message: `{"id": "A1", "from": "6281…", "name": "Budi", "text": "jam buka?"}`."""

import json
import re
from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Any, Final, get_args

from wabot.model.message import EVENT_TYPES, MESSAGE_TYPES, Message
from wabot.model.session import SessionState, SessionStatus

_KNOWN: Final = frozenset({"id", "from", "name", "text", "at", "type", "caption", "from_me", "lid"})
_STATES: Final = get_args(SessionStatus)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class BadLine(ValueError):
    """A line that is no message; its text says why."""


def read_line(raw: bytes, zone: tzinfo, now: Callable[[], int]) -> Message:
    """One line → a message. `at` without an offset is in `zone`; without `at` it was written now.

    Raises:
        BadLine: it is no JSON, a field is missing, unknown or of the wrong kind.
    """
    try:
        data = json.loads(raw)
    except ValueError as error:
        raise BadLine(f"it is no JSON: {error}") from None
    if not isinstance(data, dict):
        raise BadLine("it is no JSON object")
    if unknown := data.keys() - _KNOWN:
        raise BadLine(f"unknown field `{min(unknown)}`; known are {', '.join(sorted(_KNOWN))}")
    kind = data.get("type", "text")
    if kind not in MESSAGE_TYPES | EVENT_TYPES:
        raise BadLine(f"`{kind}` is no type of message; there are {', '.join(sorted(MESSAGE_TYPES))}")
    from_me = data.get("from_me", False)
    if not isinstance(from_me, bool):
        raise BadLine("`from_me` must be true or false")
    phone, lid = _text(data, "from"), _text(data, "lid", "")
    if not phone and not lid:
        raise BadLine("`from` is missing: the customer's number")
    return Message(
        id=_text(data, "id"),
        chat=lid or phone,
        text=_text(data, "text", "") or _text(data, "caption", ""),
        type=kind,
        from_me=from_me,
        phone=phone,
        lid=lid,
        name=_text(data, "name", ""),
        sent_at=_at(data["at"], zone) if "at" in data else now(),
    )


def read_state(raw: bytes) -> SessionState | None:
    """The state that a line `{"state": "logout", "detail": "…", "action": "…"}` puts the session in; else None.

    Raises:
        BadLine: there is no such state, or a field is of the wrong kind.
    """
    try:
        data = json.loads(raw)
    except ValueError:
        return None
    if not isinstance(data, dict) or "state" not in data:
        return None
    status = data["state"]
    if status not in _STATES:
        raise BadLine(f"`{status}` is no state; there are {', '.join(_STATES)}")
    return SessionState(status, _text(data, "detail", ""), _text(data, "action", ""))


def _text(data: dict[str, Any], key: str, default: str | None = None) -> str:
    value = data.get(key, default)
    if value is None and default is None:
        raise BadLine(f"`{key}` is missing")
    if not isinstance(value, str):
        raise BadLine(f"`{key}` must be a text, in quotes")
    # JSON can name half a character; no message on the wire, and no database, can hold one.
    return _SURROGATE.sub("\ufffd", value)


def _at(value: Any, zone: tzinfo) -> int:
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError, OverflowError):
        raise BadLine("`at` is no time; write it as 2026-01-28T10:00:00+07:00") from None
    if not 2000 <= at.year < 2100:
        raise BadLine("`at` is not in this century")
    return int((at if at.tzinfo else at.replace(tzinfo=zone)).timestamp() * 1000)
