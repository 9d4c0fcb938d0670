"""What is counted of a tenant at all."""

from datetime import date
from typing import NamedTuple

from wabot.store.sqlite.queries import Ask


class Known(NamedTuple):
    """`zone` is the time zone in which it was counted ("" for never), `counted_at` when (UTC milliseconds); `first` and
    `last` are the first and the last day on which anybody wrote."""

    zone: str
    counted_at: int | None
    first: date | None
    last: date | None


def known(ask: Ask) -> Known:
    """Up to when everything is counted, and from which day to which there is anything.

    Raises:
        sqlite3.Error: the store cannot be read.
    """
    zone, counted_at, first, last = ask("figures_known").fetchone()
    return Known(zone or "", counted_at, _day(first), _day(last))


def _day(written: str | None) -> date | None:
    return None if written is None else date.fromisoformat(written)
