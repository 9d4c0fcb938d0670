"""When a shop is open, and how it says so."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from wabot.engine.hours import is_open, local, next_open_text, today_text
from wabot.language.hours import Hours, parse_days, parse_span, read_weekly

WEEK = Hours(
    weekly=read_weekly({"mon-fri": ["13:00-21:00", "09:00-12:00"], "sat": ["18:00-02:00"], "sun": "closed"}),
    calendar="ID",
    closed=((date(2026, 12, 24), date(2026, 12, 26)),),
    special={date(2026, 12, 24): (parse_span("09:00-12:00"),), date(2026, 1, 1): (parse_span("10:00-11:00"),)},
    always=False,
)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-01-28 08:59", False),
        ("2026-01-28 09:00", True),
        ("2026-01-28 11:59", True),
        ("2026-01-28 12:00", False),  # lunch
        ("2026-01-28 13:00", True),
        ("2026-01-28 20:59", True),
        ("2026-01-28 21:00", False),  # a span ends before its end
        ("2026-01-31 17:59", False),
        ("2026-01-31 23:59", True),
        ("2026-02-01 01:59", True),  # Saturday's, past midnight
        ("2026-02-01 02:00", False),
        ("2026-02-01 18:30", False),
        ("2026-08-17 10:00", False),  # Independence Day, by the calendar
        ("2026-01-01 10:30", True),  # a public holiday with hours of its own
        ("2026-12-24 10:00", True),  # special wins over closed
        ("2026-12-24 12:30", False),
        ("2026-12-25 10:00", False),
        ("2026-12-28 10:00", True),
    ],
)
def test_special_days_win_over_closed_days_over_the_calendar_over_the_week(at: str, expected: bool) -> None:
    assert is_open(WEEK, datetime.fromisoformat(at)) is expected


NIGHT = datetime.fromisoformat("2026-01-28 03:00")


def test_a_tenant_without_hours_is_always_open() -> None:
    assert is_open(Hours(), NIGHT)
    assert today_text(Hours(), NIGHT, "id") == "24 jam"


def test_a_clock_change_moves_the_wall_clock_and_the_hours_follow_it() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    morning = Hours(weekly=((parse_span("09:00-17:00"),),) * 7, always=False)
    before, after = 1_774_681_200_000, 1_774_767_600_000  # 07:00 UTC on 28 and 29 March 2026
    assert not is_open(morning, local(before, berlin))  # 08:00 in winter time
    assert is_open(morning, local(after, berlin))  # 09:00 in summer time


@pytest.mark.parametrize(
    ("at", "today", "next_open"),
    [
        ("2026-01-28 08:00", "09.00–12.00 dan 13.00–21.00", "hari ini pukul 09.00"),
        ("2026-01-28 12:10", "09.00–12.00 dan 13.00–21.00", "hari ini pukul 13.00"),
        ("2026-01-28 22:00", "09.00–12.00 dan 13.00–21.00", "besok pukul 09.00"),
        ("2026-01-31 17:00", "18.00–02.00", "hari ini pukul 18.00"),
        ("2026-02-01 12:00", "tutup", "besok pukul 09.00"),
        ("2026-12-24 13:00", "09.00–12.00", "Senin pukul 09.00"),
    ],
)  # fmt: skip
def test_the_hours_are_told_in_words(at: str, today: str, next_open: str) -> None:
    moment = datetime.fromisoformat(at)
    assert (today_text(WEEK, moment, "id"), next_open_text(WEEK, moment, "id")) == (today, next_open)


def test_a_shop_that_never_opens_says_so() -> None:
    never = Hours(weekly=((),) * 7, always=False)
    assert next_open_text(never, NIGHT, "id") == "belum ditentukan"
    assert today_text(never, NIGHT, "en") == "closed"


def test_ranges_of_days_include_both_ends_and_may_run_over_the_weekend() -> None:
    assert parse_days("mon-fri") == (0, 1, 2, 3, 4)
    assert parse_days("sun") == (6,)
    assert parse_days("sat-mon") == (5, 6, 0)


@pytest.mark.parametrize("text", ["09:00-09:00", "25:00-26:00", "24:00-02:00"])
def test_an_impossible_span_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"empty|no time|end of the day"):
        parse_span(text)
