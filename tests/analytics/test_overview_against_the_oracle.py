"""Each figure of the overview, held against a slow and obvious computation from the messages."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from bench.make_history import fill

from tests.analytics.comparing import read
from tests.analytics.figures import COLUMN
from tests.analytics.oracle import WENT_OUT, figures
from wabot.analytics.overview import Figures, overview
from wabot.analytics.period import Period
from wabot.store.sqlite.aggregating import count_all
from wabot.store.sqlite.reading import asking

ZONE: Final = ZoneInfo("Asia/Jakarta")
TENANT: Final = "warung"
LAST: Final = date(2026, 4, 20)
_DISTINCT: Final = ("chats", "unique_customers")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    folder = tmp_path_factory.mktemp("made") / TENANT
    shop = fill(folder, 3_000, 60, 5, LAST)
    count_all(folder, TENANT, ZONE, shop.end)
    return folder, shop.end


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 2, 20), LAST),
        (date(2026, 3, 1), date(2026, 3, 31)),
        (date(2026, 3, 18), date(2026, 3, 24)),
        (date(2026, 4, 7), date(2026, 4, 7)),
        (date(2025, 12, 1), date(2026, 2, 25)),
        (date(2025, 1, 1), date(2025, 1, 31)),
    ],
)
def test_each_figure_of_the_overview_is_what_the_messages_come_to(
    made: tuple[Path, int], first: date, last: date
) -> None:
    folder, now = made
    period, rows = Period(first, last, ZONE), read(folder)
    counted = {key[0]: one for key, one in figures(rows, ZONE, now).chats.items() if key[1] is None}
    with asking(folder, TENANT) as ask:
        found = overview(ask, period)
    days: list[Mapping[str, int]] = [counted.get(day, {}) for day in period]
    for name in Figures._fields:
        if name not in _DISTINCT:
            told = sum(day.get(COLUMN.get(name, name), 0) for day in days)
            assert getattr(found.total, name) == told, name
    wrote = [row for row in rows["messages"] if _counts(row) and first <= _day(row) <= last]
    assert found.total.chats == len({row["conversation_id"] for row in wrote})
    customers = {row["conversation_id"] for row in wrote if row["sender_type"] == "customer"}
    assert found.total.unique_customers == len(customers)
    for day, theirs in zip(period, days, strict=True):
        ours = found.days[day]
        assert (ours.messages, ours.questions) == (theirs.get("total_messages", 0), theirs.get("questions", 0))


def _counts(row: Mapping[str, Any]) -> bool:
    return not row["is_imported"] and (row["sender_type"] == "customer" or row["status"] in WENT_OUT)


def _day(row: Mapping[str, Any]) -> date:
    at = row["created_at"] if row["sent_at"] is None else row["sent_at"]
    return datetime.fromtimestamp(at / 1000, ZONE).date()
