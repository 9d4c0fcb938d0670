"""How long somebody must wait before the next try, after wrong ones. Part of a transaction of the caller's."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from wabot.store.sqlite.queries import Ask

_FORGOTTEN: Final = 86_400_000
"""Milliseconds after which wrong tries count no more."""
_LONGEST: Final = 900_000
"""Milliseconds of the longest wait."""


class Tried(NamedTuple):
    """Who, or what, is tried: `subject` names it, `free` wrong tries cost no wait. Each after that doubles it."""

    subject: str
    free: int


def wait(ask: Ask, tried: Iterable[Tried], now: int) -> int:
    """Milliseconds until the next try may be made; 0 for at once."""
    longest = 0
    for one in tried:
        row = ask("throttle", subject=one.subject).fetchone()
        if row is not None:
            # A clock that was set back holds nobody up for longer than the longest wait.
            longest = max(longest, min(row["until"] - now, _LONGEST))
    return longest


def failed(ask: Ask, tried: Iterable[Tried], now: int) -> None:
    """Count a wrong try."""
    ask("throttles_drop", before=now - _FORGOTTEN)
    for one in tried:
        row = ask("throttle", subject=one.subject).fetchone()
        before = row["failures"] if row is not None and now - row["last_at"] < _FORGOTTEN else 0
        beyond = before + 1 - one.free
        until = now + min(1_000 << min(beyond - 1, 20), _LONGEST) if beyond > 0 else now
        ask("throttle_set", subject=one.subject, failures=before + 1, at=now, until=until)


def succeeded(ask: Ask, tried: Iterable[Tried]) -> None:
    """Forget the wrong tries."""
    for one in tried:
        ask("throttle_clear", subject=one.subject)
