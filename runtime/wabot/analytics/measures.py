"""Figures that are not there where nothing was counted: shares, and how long things took on average."""

from typing import Final, NamedTuple

ALONE_GOAL: Final = 60.0
"""Percent of the conversations that the bot is to settle alone: more than that."""
DELIVERED_GOAL: Final = 99.0
"""Percent of our messages that are to reach a phone: more than that."""


class Ratio(NamedTuple):
    """So many of so many. `goal` is the percentage that it is to pass; None where nobody set one."""

    part: int
    whole: int
    goal: float | None = None

    @property
    def percent(self) -> float | None:
        """None where there is nothing that it could be a part of."""
        return 100 * self.part / self.whole if self.whole else None

    @property
    def reached(self) -> bool | None:
        """Whether it passes its goal; None without a goal, or where nothing was counted."""
        if self.goal is None or self.percent is None:
            return None
        return self.percent > self.goal


class Mean(NamedTuple):
    """How long so many things took together, in milliseconds."""

    number: int
    millis: int

    @property
    def seconds(self) -> float | None:
        """On average; None where there was none."""
        return self.millis / self.number / 1000 if self.number else None
