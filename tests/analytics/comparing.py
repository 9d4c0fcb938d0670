"""The aggregates beside what the oracle counts: in one form, and what differs."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date, tzinfo
from pathlib import Path
from typing import Any, Final

from tests.analytics.figures import Figures
from tests.analytics.oracle import READ, Tables, figures
from wabot.store.sqlite.aggregating import count_all
from wabot.store.sqlite.opening import open_for_reading
from wabot.store.sqlite.sums import COLUMNS

_RULES: Final = ("fired", "failed", "alone", "by_person", "unknown_next", "micros", "last_at")
_PEOPLE: Final = (
    "chats", "messages", "responses", "response_millis", "first_responses", "first_millis", "settled", "settled_millis",
    "csat_answers", "csat_total", "online_millis",
)  # fmt: skip


def read(folder: Path) -> Tables:
    """The rows that the oracle reads, in the order in which they were written."""
    with closing(open_for_reading(folder)) as connection:
        return {table: list(map(dict, connection.execute(f"SELECT * FROM {table} ORDER BY rowid"))) for table in READ}


def kept(folder: Path) -> Figures:
    """What the tables of sums hold; what is 0 is left out."""
    found = Figures()
    with closing(open_for_reading(folder)) as connection:
        for row in connection.execute("SELECT * FROM chat_analytics"):
            found.chats[date.fromisoformat(row["date"]), row["hour"]] = _filled(row, COLUMNS)
        for row in connection.execute("SELECT * FROM rule_analytics"):
            found.rules[date.fromisoformat(row["date"]), row["rule_id"], row["reason"]] = _filled(row, _RULES)
        for row in connection.execute("SELECT * FROM operator_analytics"):
            found.people[date.fromisoformat(row["date"]), row["operator"]] = _filled(row, _PEOPLE)
    return found


def _filled(row: Any, names: tuple[str, ...]) -> dict[str, int]:
    return {name: row[name] for name in names if row[name]}


def differences(folder: Path, tenant: str, zone: tzinfo, now: int, *, anew: bool = False) -> list[str]:
    """Brings the aggregates up to date, and says what the oracle counts otherwise."""
    count_all(folder, tenant, zone, now, anew=anew)
    return list(_differing(kept(folder), figures(read(folder), zone, now)))


def _differing(ours: Figures, theirs: Figures) -> Iterator[str]:
    for name in ("chats", "rules", "people"):
        mine, other = getattr(ours, name), getattr(theirs, name)
        for key in sorted({*mine, *other}, key=repr):
            for column in sorted({*mine.get(key, {}), *other.get(key, {})}):
                kept_as, counted = mine.get(key, {}).get(column, 0), other.get(key, {}).get(column, 0)
                if kept_as != counted:
                    yield f"{name} {key} {column}: kept {kept_as}, the oracle counts {counted}"
