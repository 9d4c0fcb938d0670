"""Charts show what they are given, and nothing leaves their frame."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wabot.analytics.overview import Figures
from wabot.analytics.report.charts import WIDE, parts, scale, shade, stacked
from wabot.analytics.report.spans import spans


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=60))
def test_columns_stand_on_the_ground_and_are_as_high_as_their_numbers(rows: list[tuple[int, int]]) -> None:
    chart = stacked(rows)
    top = chart.lines[-1].value
    assert top >= max(sum(row) for row in rows)
    for column, row in zip(chart.columns, rows, strict=True):
        ground = 100.0
        for bar in column.bars:
            assert bar.height == pytest.approx(100 * row[bar.series] / top, abs=0.01)
            assert bar.y + bar.height == pytest.approx(ground, abs=0.02)
            assert bar.y >= -0.01
            assert column.number * WIDE < bar.x < bar.x + bar.width < (column.number + 1) * WIDE
            ground = bar.y
        assert {bar.series for bar in column.bars} == {series for series, value in enumerate(row) if value}
    assert [line.y for line in chart.lines] == sorted((line.y for line in chart.lines), reverse=True)


@given(st.integers(0, 10**9))
def test_an_axis_has_a_few_round_numbers_and_ends_above_the_most(most: int) -> None:
    top, step = scale(most)
    assert top >= most
    assert 2 <= top // step <= 4
    assert top % step == 0
    assert set(str(step).rstrip("0")) <= set("125")


def test_labels_are_few_and_none_leaves_the_page() -> None:
    for number in (1, 2, 7, 30, 45, 53):
        marks = stacked([(1,)] * number).marks
        assert 1 <= len(marks) <= 5
        assert all(7 < mark.at < 93 for mark in marks), number


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=6))
def test_a_divided_bar_is_full_and_has_no_part_for_nothing(values: list[int]) -> None:
    bars = parts(values)
    assert sum(bar.width for bar in bars) == pytest.approx(100 if any(values) else 0, abs=0.05)
    assert {bar.series for bar in bars} == {series for series, value in enumerate(values) if value}


def test_only_nothing_has_no_shade() -> None:
    assert [shade(value, 60, 6) for value in (0, 1, 10, 11, 59, 60)] == [0, 1, 1, 2, 6, 6]
    assert shade(0, 0, 6) == 0


@pytest.mark.parametrize(
    ("length", "kind", "number"),
    [(1, "day", 1), (45, "day", 45), (46, "week", 7), (365, "week", 53), (800, "month", 27)],
)
def test_a_long_period_is_shown_by_weeks_or_months_and_loses_nothing(length: int, kind: str, number: int) -> None:
    last = date(2026, 11, 26)
    days = {last - timedelta(length - 1 - one): Figures(messages=one, conversations=1) for one in range(length)}
    shown, parted = spans(days)
    assert (shown, len(parted)) == (kind, number)
    assert sum(span.figures.messages for span in parted) == sum(range(length))
    assert sum(span.figures.conversations for span in parted) == length
    assert (parted[0].first, parted[-1].last) == (min(days), max(days))
    for before, after in pairwise(parted):
        assert after.first - before.last == timedelta(1)
        assert after.first.weekday() == 0 or kind != "week"
