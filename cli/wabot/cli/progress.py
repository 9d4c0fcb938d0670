"""How far a long command is, for people who wait: one line on standard error, gone when the work is done."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final, TextIO, TypeVar

_PATIENCE: Final = 1.0
"""Seconds without a word: who waits shorter needs none."""
_PACE: Final = 0.1

Item = TypeVar("Item")


class Progress:
    """Speaks on a terminal only, and only when the whole takes longer than a second. `now` counts seconds."""

    def __init__(self, stream: TextIO | None = None, now: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream or sys.stderr
        self._now = now
        self._due = now() + _PATIENCE
        self._shown = False
        self._speaks = self._stream.isatty()

    def over(self, items: Sequence[Item], doing: str = "reading") -> Iterator[Item]:
        """Hand the items on one by one, and say how many of them are done."""
        try:
            for number, item in enumerate(items):
                if self._speaks and self._now() >= self._due:
                    self._due = self._now() + _PACE
                    self._say(f"{doing} {number:,} of {len(items):,} tenants …")
                yield item
        finally:
            self._say("")

    def at(self, text: str) -> None:
        """Say how far the work is, when that is due."""
        if self._speaks and self._now() >= self._due:
            self._due = self._now() + _PACE
            self._say(text)

    def end(self) -> None:
        """The work is done: the line goes."""
        self._say("")

    def _say(self, text: str) -> None:
        if text or self._shown:
            self._stream.write(f"\r\033[K{text}")
            self._stream.flush()
            self._shown = bool(text)


def bar(done: int, total: int, width: int = 24) -> str:
    """How much of the work is done, as a bar of `width` columns and a percentage; whole where nothing is to be done."""
    share = min(done / total, 1.0) if total else 1.0
    full = int(share * width)
    return f"{'█' * full}{'░' * (width - full)} {int(share * 100):3d} %"
