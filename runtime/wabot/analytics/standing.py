"""How the chats of a period stand now, and when in the week customers wrote in them."""

from collections.abc import Mapping
from typing import NamedTuple

from wabot.analytics.period import Period
from wabot.store.sqlite.queries import Ask


class Busy(NamedTuple):
    """An hour of the week: chats in which customers wrote, each once a day, and what they wrote."""

    chats: int = 0
    messages: int = 0


def statuses(ask: Ask, period: Period) -> Mapping[str, int]:
    """How many chats in which anybody wrote on the days of `period` have which status by now.

    Raises:
        sqlite3.Error: the store cannot be read.
    """
    return {row["status"]: row["number"] for row in ask("standing_statuses", **period.in_hours())}


def busy_hours(ask: Ask, period: Period) -> Mapping[tuple[int, int], Busy]:
    """By weekday (Monday is 0) and hour; hours in which nobody wrote are left out.

    Raises:
        sqlite3.Error: the store cannot be read.
    """
    return {
        (row["weekday"], row["hour"]): Busy(row["chats"], row["messages"])
        for row in ask("standing_week", **period.in_days())
    }
