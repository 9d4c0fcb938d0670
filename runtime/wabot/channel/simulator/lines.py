"""A line of a customers' file as a message: `{"id": "A1", "from": "6281…", "name": "Budi", "text": "jam buka?"}`."""

import json
from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Any, Final, Literal, cast, get_args

from wabot.channel.simulator.attachments import attachment
from wabot.channel.simulator.fields import BadLine, number, text
from wabot.model.message import EVENT_TYPES, MESSAGE_TYPES, Message
from wabot.model.session import SessionState, SessionStatus

_PLAIN: Final = ("id", "from", "name", "text", "at", "type", "caption", "from_me", "lid")
_RICH: Final = ("quoted", "forwarded", "about", "media", "file", "history")
_KNOWN: Final = frozenset({*_PLAIN, *_RICH})
_STATES: Final = get_args(SessionStatus)


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
    phone, lid = text(data, "from"), text(data, "lid", "")
    if not phone and not lid:
        raise BadLine("`from` is missing: the customer's number")
    return Message(
        id=text(data, "id"),
        chat=lid or phone,
        text=text(data, "text", "") or text(data, "caption", ""),
        type=kind,
        from_me=from_me,
        phone=phone,
        lid=lid,
        name=text(data, "name", ""),
        sent_at=_at(data["at"], zone) if "at" in data else now(),
        quoted=text(data, "quoted", ""),
        forwarded=_forwarded(data),
        about=text(data, "about", ""),
        media=attachment(data),
    )


def read_history(raw: bytes) -> Literal["", "message", "pending", "done"]:
    """Whether a line is of the history: a message from before (`"history": true`), or the word that a history is
    expected ("pending") or in ("done"). "" for a line that is not.

    Raises:
        BadLine: `history` says anything else.
    """
    if b'"history"' not in raw:
        return ""
    try:
        data = json.loads(raw)
    except ValueError:
        return ""  # `read_line` says so
    said = data.get("history", False) if isinstance(data, dict) else False
    if said is False:
        return ""
    if said is True:
        return "message"
    if said == "pending" or said == "done":
        return cast(Literal["pending", "done"], said)
    raise BadLine('`history` must be true, "pending" or "done"')


def _forwarded(data: dict[str, Any]) -> int:
    """`true`, or how often it was passed on."""
    said = data.get("forwarded", 0)
    return int(said) if isinstance(said, bool) else int(number(data, "forwarded", whole=True) or 0)


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
    return SessionState(status, text(data, "detail", ""), text(data, "action", ""))


def read_typing(raw: bytes) -> tuple[str, bool] | None:
    """The chat in which a line `{"typing": true, "from": "6281…"}` says that its customer types (or, false, ends to);
    else None.

    Raises:
        BadLine: a field is of the wrong kind.
    """
    if b'"typing"' not in raw:
        return None
    try:
        data = json.loads(raw)
    except ValueError:
        return None  # `read_line` says so
    if not isinstance(data, dict) or "typing" not in data:
        return None
    if not isinstance(data["typing"], bool):
        raise BadLine("`typing` must be true or false")
    return text(data, "lid", "") or text(data, "from"), data["typing"]


def _at(value: Any, zone: tzinfo) -> int:
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError, OverflowError):
        raise BadLine("`at` is no time; write it as 2026-01-28T10:00:00+07:00") from None
    if not 2000 <= at.year < 2100:
        raise BadLine("`at` is not in this century")
    return int((at if at.tzinfo else at.replace(tzinfo=zone)).timestamp() * 1000)
