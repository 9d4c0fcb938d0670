"""How long somebody must wait before the next try, after wrong ones. Part of a transaction of the caller's."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from wabot.store.sqlite.queries import Ask

_FORGOTTEN: Final = 86_400_000
"""Milliseconds after which wrong tries count no more."""
_LONGEST: Final = 900_000
"""Milliseconds of the longest wait."""


class Tried(NamedTuple):
    """Who, or what, is tried: `subject` names it. After `free` wrong tries there is a wait; each further doubles it."""

    subject: str
    free: int


def begin(ask: Ask, tried: Iterable[Tried], now: int) -> int:
    """Milliseconds until the next try may be made; 0: at once, and it counts as a wrong one until `succeeded` says
    otherwise. So tries at the same time are no more than tries one after the other."""
    found = [(one, _failures(ask, one, now)) for one in tried]
    # A clock that was set back holds nobody up for longer than the longest wait.
    longest = max(min(until - now, _LONGEST) for _, (_, until) in found)
    if longest > 0:
        return longest
    ask("throttles_drop", before=now - _FORGOTTEN)
    for one, (failures, _) in found:
        _set(ask, one, failures + 1, now)
    return 0


def succeeded(ask: Ask, own: Iterable[Tried], shared: Iterable[Tried], now: int) -> None:
    """The try was right: what is one person's `own` is forgotten, what they share with others is as before it."""
    for one in own:
        ask("throttle_clear", subject=one.subject)
    for one in shared:
        failures, _ = _failures(ask, one, now)
        if failures:
            ask("throttle_set", subject=one.subject, failures=failures - 1, at=now, until=now)


def _failures(ask: Ask, tried: Tried, now: int) -> tuple[int, int]:
    """How many there were, and until when the next one waits."""
    row = ask("throttle", subject=tried.subject).fetchone()
    if row is None or now - row["last_at"] >= _FORGOTTEN:
        return 0, now
    return row["failures"], row["until"]


def _set(ask: Ask, tried: Tried, failures: int, now: int) -> None:
    beyond = failures - tried.free
    until = now + min(1_000 << min(beyond, 20), _LONGEST) if beyond >= 0 else now
    ask("throttle_set", subject=tried.subject, failures=failures, at=now, until=until)
