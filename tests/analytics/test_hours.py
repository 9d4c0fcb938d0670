"""Which hours of the week customers write in, and whether the shop is open then."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.analytics.sums import asked, summing
from wabot.analytics.hours import EMPTY, Cell, opening, read_week, waiting
from wabot.analytics.period import Period
from wabot.engine.hours import is_open
from wabot.language.hours import ALWAYS_OPEN, Hours, Span, read_weekly

JAKARTA = ZoneInfo("Asia/Jakarta")
MONTH = Period(date(2026, 1, 1), date(2026, 1, 31), JAKARTA)
SHOP = Hours(weekly=read_weekly({"mon-fri": ["09:00-12:00", "13:00-17:30"], "sat": ["20:00-02:00"]}), always=False)


def test_the_same_hour_of_each_week_is_one_and_monday_comes_first(tmp_path: Path) -> None:
    with summing(tmp_path) as sums:
        for day in ("2026-01-05", "2026-01-12"):  # Mondays
            sums.hour(
                day, 9, messages_from_customers=3, questions=2, rule_responses=1, rule_response_millis=2_000,
                person_responses=1, person_response_millis=58_000,
            )  # fmt: skip
        sums.hour("2026-01-11", 23, messages_from_customers=1)  # a Sunday
        sums.day("2026-01-11", messages_from_customers=1)
        sums.hour("2026-02-02", 9, messages_from_customers=9)
    with asked(tmp_path) as ask:
        week = read_week(ask, MONTH)
    assert week[0][9] == Cell(6, 4, 4, 120_000)
    assert week[0][9].wait.seconds == 30
    assert week[0][9].responded.percent == 100
    assert week[6][23] == Cell(1)
    assert week[6][23].wait.seconds is None
    assert sum(cell != EMPTY for day in week for cell in day) == 2


def test_a_shop_is_open_by_its_working_hours_also_past_midnight() -> None:
    shop = opening(SHOP, MONTH)
    assert [shop[0][hour] for hour in (8, 9, 11, 12, 13, 16, 17, 18)] == [0, 1, 1, 0, 1, 1, 0.5, 0]
    assert [shop[5][hour] for hour in (0, 19, 20, 23)] == [0, 0, 1, 1]
    assert [shop[6][hour] for hour in (0, 1, 2, 20)] == [1, 1, 0, 0]


def test_a_shop_without_working_hours_is_always_open() -> None:
    assert opening(ALWAYS_OPEN, MONTH) == ((1.0,) * 24,) * 7


def test_a_day_on_which_the_shop_was_closed_counts_as_closed() -> None:
    shut = Hours(weekly=SHOP.weekly, always=False, closed=((date(2026, 1, 5), date(2026, 1, 5)),))
    assert opening(shut, MONTH)[0][9] == 0.75, "one Monday of four"
    special = Hours(weekly=SHOP.weekly, always=False, special={date(2026, 1, 4): (Span(600, 660),)})
    assert opening(special, MONTH)[6][10] == 0.25


def test_weekdays_that_a_short_period_does_not_hold_are_those_after_it() -> None:
    day = Period(date(2026, 1, 7), date(2026, 1, 7), JAKARTA)
    assert opening(SHOP, day) == opening(SHOP, MONTH)


@pytest.mark.parametrize("hour", range(24))
def test_each_hour_is_open_for_as_many_minutes_as_the_engine_says(hour: int) -> None:
    shop = opening(SHOP, Period(date(2026, 1, 5), date(2026, 1, 11), JAKARTA))
    for weekday in range(7):
        begin = datetime(2026, 1, 5 + weekday, hour, tzinfo=JAKARTA)
        minutes = sum(is_open(SHOP, begin + timedelta(minutes=number)) for number in range(60))
        assert shop[weekday][hour] == minutes / 60


def test_what_came_while_the_shop_was_closed_is_told_apart() -> None:
    week = tuple(tuple(Cell(1, 1, 1, 1_000) for _ in range(24)) for _ in range(7))
    told = waiting(week, opening(SHOP, MONTH))
    open_hours = 5 * (3 + 5) + 6  # the last half hour counts as open
    assert told.opened == Cell(open_hours, open_hours, open_hours, open_hours * 1_000)
    assert told.closed.messages == 7 * 24 - open_hours
    assert waiting(week, opening(ALWAYS_OPEN, MONTH)).closed == EMPTY
