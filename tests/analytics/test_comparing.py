"""How figures of two periods differ: in percent, and percentages in points."""

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.analytics.sums import asked, summing
from wabot.analytics.comparing import MEASURES, Change, Comparison, Measure, compare
from wabot.analytics.period import Period

JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = Period(date(2026, 1, 12), date(2026, 1, 18), JAKARTA)
COUNT = Measure("one", "count", "more", lambda _figures: None)
SHARE = Measure("one", "percent", "more", lambda _figures: None)
WAIT = Measure("one", "seconds", "less", lambda _figures: None)


def test_the_period_before_is_right_before_and_as_long(tmp_path: Path) -> None:
    with summing(tmp_path) as sums:
        for day, count in (("2026-01-04", 1_000), ("2026-01-05", 10), ("2026-01-11", 10), ("2026-01-12", 30)):
            sums.day(day, total_messages=count, new_conversations=count, bot_only_conversations=10)
    with asked(tmp_path) as ask:
        found = compare(ask, NOW, NOW.before())
    messages = of(found, "messages")
    assert (messages.before, messages.now, messages.difference, messages.percent) == (20, 30, 10, 50)
    alone = of(found, "by the bot alone")
    assert (alone.before, alone.percent) == (100, None)
    assert alone.difference == pytest.approx(100 / 3 - 100)
    rating = of(found, "rating")
    assert (rating.before, rating.now, rating.difference, rating.percent, rating.is_better) == (None,) * 5


def of(found: Comparison, name: str) -> Change:
    (change,) = (one for one in found.changes if one.measure.name == name)
    return change


@pytest.mark.parametrize(
    ("change", "percent", "is_better"),
    [
        (Change(COUNT, 10, 12), 20, True),
        (Change(COUNT, 10, 5), -50, False),
        (Change(COUNT, 10, 10), 0, None),
        (Change(COUNT, 0, 5), None, True),
        (Change(COUNT, 0, 0), None, None),
        (Change(COUNT, None, 5), None, None),
        (Change(SHARE, 50, 60), None, True),
        (Change(SHARE, 50, None), None, None),
        (Change(WAIT, 10, 5), -50, True),
        (Change(WAIT, 10, 15), 50, False),
        (Change(WAIT, None, None), None, None),
    ],
)
def test_a_change_is_told_in_percent_where_there_was_something(
    change: Change, percent: float | None, is_better: bool | None
) -> None:
    assert (change.percent, change.is_better) == (percent, is_better)


def test_every_figure_has_a_name_of_its_own() -> None:
    assert len({measure.name for measure in MEASURES}) == len(MEASURES)
