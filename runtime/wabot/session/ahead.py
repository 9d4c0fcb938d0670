"""Whether the machine's clock can be held against the time that WhatsApp stamps on messages."""

from typing import Final

from wabot.ports import Clock

_SKEW: Final = 60_000
"""Milliseconds by which the two clocks may differ without anything of note."""


class Ahead:
    """How far the machine's clock runs ahead since it was set forward, wrongly, while this process ran.

    Held against such a clock every new message would look old, and nobody would be answered. A clock that was behind
    and is put right looks the same at first; the next message tells the two apart by its stamp.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._right = 0

    def of(self, sent_at: int) -> int:
        """Milliseconds by which the clock is ahead, asked with the stamp of a message."""
        moved = self._clock.moved() - self._right
        if moved > 0 and sent_at > self._clock.now() - moved + _SKEW:
            self._right += moved  # as it went before, this message would be of the future: now it goes right
            return 0
        return max(moved, 0)
