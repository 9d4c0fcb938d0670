"""How the chats of a period stand now."""

from collections.abc import Mapping

from wabot.analytics.period import Period
from wabot.store.sqlite.queries import Ask


def statuses(ask: Ask, period: Period) -> Mapping[str, int]:
    """How many chats in which anybody wrote on the days of `period` have which status by now.

    Raises:
        sqlite3.Error: the store cannot be read.
    """
    return {row["status"]: row["number"] for row in ask("standing_statuses", **period.in_hours())}
