"""Figures as people read them: numbers in words, lines and bars."""

import io
import sys
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from wabot.analytics.measures import Ratio
from wabot.analytics.period import Period
from wabot.cli.analytics.drawing import bar, shade, sparkline
from wabot.cli.analytics.page import Fact, facts
from wabot.cli.analytics.spoken import goal, lasting, number, percent, signed, span

JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.mark.parametrize(
    ("values", "room", "line"),
    [
        ([0, 1, 2, 3, 4, 5, 6, 7], 80, "▁▂▃▄▅▆▇█"),
        ([0, 0, 0], 80, "▁▁▁"),
        ([5], 80, "█"),
        ([], 80, ""),
        ([4, None, 4, None], 80, "█ █"),
        ([0, 0, 8, 8, 4, 4], 3, "▁█▅"),
        ([0, 0, 0, 8, 8, 8, 4], 3, "▁█▅"),
        ([None, None, 1, 1], 2, " █"),
        ([1] * 365, 60, "█" * 53),
        ([1, 2], 0, "█"),
    ],
)
def test_a_line_has_a_mark_for_each_value_or_for_several(values: list[float | None], room: int, line: str) -> None:
    assert sparkline(values, room) == line


@pytest.mark.parametrize(
    ("value", "most", "room", "drawn"),
    [(10, 10, 4, "████"), (5, 10, 4, "██"), (0, 10, 4, ""), (0.1, 10, 4, "█"), (0, 0, 4, ""), (1, 0, 4, "")],
)
def test_a_bar_is_as_long_as_its_value_and_shows_the_least(value: float, most: float, room: int, drawn: str) -> None:
    assert bar(value, most, room) == drawn


def test_a_shade_tells_nothing_from_little() -> None:
    assert [shade(value, 8) for value in (0, 0.01, 2, 4, 6, 8)] == ["·", "░", "▒", "▓", "█", "█"]
    assert shade(0, 0) == "·"


def test_plain_marks_stand_in_where_the_output_holds_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), "latin-1"))
    assert sparkline([0, 4, 8], 9).isascii()
    assert bar(1, 2, 10) == "#####"
    assert shade(0, 1) == "."


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "-"), (0, "0.0 s"), (0.44, "0.4 s"), (9.94, "9.9 s"), (9.96, "10 s"), (59.4, "59 s"),
        (59.6, "1 min"), (61, "1 min 1 s"), (599, "9 min 59 s"), (600, "10 min"), (3_569, "59 min"),
        (3_571, "1 h"), (3_600, "1 h"), (7_500, "2 h 5 min"), (86_399, "1 d"), (90_000, "1 d 1 h"),
        (864_000_000, "10,000 d"),
    ],
)  # fmt: skip
def test_times_are_told_by_their_two_largest_units(seconds: float | None, said: str) -> None:
    assert lasting(seconds) == said


def test_numbers_percentages_and_periods() -> None:
    assert number(1_234_567) == "1,234,567"
    assert (percent(63.158), percent(None)) == ("63.2%", "-")
    assert (signed(12.34), signed(-12.34), signed(-0.01), signed(0)) == ("+12.3", "-12.3", "+0.0", "+0.0")
    assert span(Period(date(2026, 1, 5), date(2026, 1, 5), JAKARTA)) == "Mon 2026-01-05 (1 day)"
    assert span(Period(date(2026, 1, 5), date(2026, 1, 11), JAKARTA)) == "2026-01-05 to 2026-01-11 (7 days)"


def test_goals_say_whether_they_are_reached() -> None:
    assert goal(Ratio(61, 100, 60)) == "goal: more than 60%, reached"
    assert goal(Ratio(60, 100, 60)) == "goal: more than 60%, not reached"
    assert goal(Ratio(0, 0, 60)) == "goal: more than 60%"
    assert goal(Ratio(1, 2)) == ""


def test_facts_stand_in_columns_and_their_words_are_wrapped() -> None:
    rows = [Fact("customers", "42", "wrote"), Fact("x", "1,234", "word " * 25), Fact("bare", "1")]
    assert list(facts(rows)) == [
        "  customers     42  wrote",
        "  x          1,234  " + " ".join(["word"] * 16),
        "                    " + " ".join(["word"] * 9),
        "  bare           1",
    ]
