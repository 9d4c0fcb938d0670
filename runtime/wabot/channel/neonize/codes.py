"""How long the codes live that WhatsApp gives out for a pairing. It hangs up with the last one, without a word."""

from typing import Final

_FIRST: Final = 60.0
_FOLLOWING: Final = 20.0
ALL: Final = _FIRST + 5 * _FOLLOWING
"""Seconds of all of them, for which what is typed instead of them can be typed."""
_EARLY: Final = 5.0
"""A connection that ends so long before its last code does was cut."""


class Codes:
    """Those of one connection. Seconds and instants of a clock that nobody can set."""

    def __init__(self) -> None:
        self.shown = 0
        self._end = 0.0

    def show(self, now: float) -> float:
        """Another code has come; the seconds that it lives."""
        self.shown += 1
        lives = _FIRST if self.shown == 1 else _FOLLOWING
        self._end = now + lives
        return lives

    def cut(self, now: float) -> bool:
        """Whether a connection that ends now was cut; else the last code has been used up."""
        return not self.shown or now + _EARLY <= self._end
