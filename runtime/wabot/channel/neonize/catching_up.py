"""Whether what came while a number was away has been read: until then nothing is sent, since the owner may have
answered there what a reply is about. Pure.

After a login WhatsApp sends all that waited, then says that this was all. The library tells of the login and of that
word in either order.
"""

from typing import Final

QUIET: Final = 15.0
"""Seconds without a message that are taken for the word. It has always come so far; this is for the day on which it
does not."""
LONGEST: Final = 300.0
"""Seconds after a login from which customers who write without a pause are not waited for any more."""


class CatchingUp:
    """One client's. Times are the event loop's, in seconds. `through`: it has logged in, and read what came meanwhile;
    `until` is when silence is taken for the word, None while nothing is waited for."""

    def __init__(self) -> None:
        self.through = False
        self.until: float | None = None
        self._longest = 0.0
        self._logged_in = self._told = False

    def logged_in(self, now: float) -> None:
        """Again without a cut: another login, of whose end nobody was told."""
        self.through, self._logged_in = False, True
        self._longest = now + LONGEST
        self.until = now + QUIET
        self._look()

    def heard(self, now: float) -> None:
        """A message came."""
        if self.until is not None:
            self.until = min(now + QUIET, self._longest)

    def told(self) -> None:
        """WhatsApp has said all, or has been silent until `until`."""
        self._told = True
        if not self.through:
            self._look()

    def cut(self) -> None:
        """The connection is no more: what comes from now on belongs to another login."""
        self.through = self._logged_in = self._told = False
        self.until = None

    def _look(self) -> None:
        if self._logged_in and self._told:
            self.through, self._told, self.until = True, False, None
