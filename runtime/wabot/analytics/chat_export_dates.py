"""The dates of an exported chat: in which order day, month and year stand is decided from all of them. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from wabot.language.hours import YEARS

Order = Literal["dmy", "mdy", "ymd"]
_ORDERS: Final[tuple[Order, ...]] = ("dmy", "mdy", "ymd")


class Stamp(NamedTuple):
    """A date and a time as written: three numbers, hour, minute and second, "a" or "p" before noon or after ("" on a
    clock of 24 hours), and the text itself."""

    date: tuple[int, int, int]
    time: tuple[int, int, int]
    half: str
    source: str

    @property
    def possible(self) -> bool:
        """Whether any order of day and month makes a date of it."""
        return any(self.at(order) is not None for order in _ORDERS)

    def at(self, order: Order, zone: tzinfo = UTC) -> datetime | None:
        """The moment on the clock of `zone`, None where there is no such date."""
        first, second, third = self.date
        if (order == "ymd") != (first > 999):
            return None
        year, month, day = {"dmy": (third, second, first), "mdy": (third, first, second)}.get(
            order, (first, second, third)
        )
        hour, minute, seconds = self.time
        if self.half:
            if not 1 <= hour <= 12:
                return None
            hour = hour % 12 + 12 * (self.half == "p")
        year = year if year > 99 else 2000 + year
        if year not in YEARS:
            return None
        try:
            return datetime(year, month, day, hour, minute, seconds, tzinfo=zone)
        except ValueError:
            return None


def order_of(stamps: Sequence[Stamp]) -> Order:
    """The order that makes dates of the most of them; of two, the one in which the chat goes back least, then the one
    in which it takes less time; of two that say the same, that of the land whose clock it is."""

    def badness(order: Order) -> tuple[int, int, float, bool]:
        moments = [at for stamp in stamps if (at := stamp.at(order)) is not None]
        back = sum(later < earlier for earlier, later in pairwise(moments))
        span = (max(moments) - min(moments)).days if moments else 0
        american = any(stamp.half for stamp in stamps) and all("." not in stamp.source[:10] for stamp in stamps)
        return len(stamps) - len(moments), back, span, (order == "mdy") != american

    return min(_ORDERS, key=badness)
