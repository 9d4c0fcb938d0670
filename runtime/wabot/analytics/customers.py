"""Who the customers of a period are: new or returning, of which segment, with which tags, and who wrote most."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from wabot.analytics.overview import Figures, read_days, total
from wabot.analytics.period import Period
from wabot.store.sqlite.queries import Ask

MOST: Final = 10
"""Customers, and tags, that are told."""
_EPOCH: Final = date(1970, 1, 1).toordinal()


class Group(NamedTuple):
    """Customers who wrote, and how much."""

    name: str
    customers: int
    messages: int


class Customer(NamedTuple):
    """One who wrote: how much, and on which day last. `segment` is that of now."""

    chat: str
    name: str
    phone: str
    segment: str
    messages: int
    last: date


@dataclass(frozen=True, slots=True)
class Customers:
    """Those who wrote on the days of a period. Segments and tags are those of now; of who was erased nothing is known
    but that they wrote."""

    period: Period
    unique: int
    new: int
    """Who never wrote before."""
    days: Mapping[date, Figures]
    segments: tuple[Group, ...]
    tags: tuple[Group, ...]
    most_active: tuple[Customer, ...]

    @property
    def returning(self) -> int:
        """Who had written before."""
        return max(self.unique - self.new, 0)


def customers(ask: Ask, period: Period, inactive_before: int, most: int = MOST) -> Customers:
    """The customers of `period`. Who wrote last before `inactive_before` (UTC milliseconds) is of the segment
    inactive. At most so many tags and customers are told.

    Raises:
        sqlite3.Error: the store cannot be read.
    """
    days, hours = read_days(ask, period), period.in_hours()
    summed = total(ask, period, days)
    return Customers(
        period,
        summed.unique_customers,
        summed.new_customers,
        days,
        tuple(Group(*row) for row in ask("figures_segments", inactive_before=inactive_before, **hours)),
        tuple(Group(*row) for row in ask("figures_tags", most=most, **hours)),
        tuple(
            Customer(row[0], row[1], row[2], row[3], row[4], date.fromordinal(_EPOCH + row[5]))
            for row in ask("figures_most_active", most=most, inactive_before=inactive_before, **hours)
        ),
    )
