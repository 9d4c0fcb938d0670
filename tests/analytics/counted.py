"""The figures of a stage's shop, counted as the daemon counts them."""

from contextlib import closing
from datetime import tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from wabot.store.sqlite.aggregating import count_all
from wabot.store.sqlite.opening import open_for_reading

JAKARTA = ZoneInfo("Asia/Jakarta")
_TABLES = (
    "analytics_episodes", "analytics_hours", "analytics_rules", "analytics_people", "analytics_presence",
    "chat_analytics", "rule_analytics", "operator_analytics",
)  # fmt: skip


def counted(folder: Path, now: int, zone: tzinfo = JAKARTA, *, anew: bool = False) -> dict[str, list[dict[str, Any]]]:
    """Every table of figures, after all was counted."""
    count_all(folder, "warung", zone, now, anew=anew)
    return tables(folder)


def tables(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Every row of the tables of figures, as it stands; by table, in an order of their own."""
    with closing(open_for_reading(folder)) as connection:
        return {table: sorted(map(dict, connection.execute(f"SELECT * FROM {table}")), key=repr) for table in _TABLES}


def day_of(tables: dict[str, list[dict[str, Any]]], date: str) -> dict[str, Any]:
    """What was counted on that day; what is 0 or unknown is left out."""
    (found,) = (row for row in tables["chat_analytics"] if row["date"] == date and row["hour"] is None)
    return {name: value for name, value in found.items() if value and name not in ("tenant_id", "date", "hour")}
