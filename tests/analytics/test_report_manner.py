"""Numbers, days and waits are written as people write them in each language."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from wabot.analytics.report.definitions import DEFINITIONS
from wabot.analytics.report.manner import Manner
from wabot.analytics.report.words import WORDS

ID, EN = Manner("id"), Manner("en")


def spaced(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_thousands_and_decimals_are_those_of_the_language() -> None:
    assert (ID.whole(1_234_567), EN.whole(1_234_567)) == ("1.234.567", "1,234,567")
    assert (ID.decimal(1234.5), EN.decimal(1234.5)) == ("1.234,5", "1,234.5")
    assert (ID.decimal(None), ID.percent(None), ID.lasting(None)) == ("–", "–", "–")
    assert (ID.signed(-3.2, 1), EN.signed(12), EN.signed(-0.2)) == ("−3,2", "+12", "0")


@pytest.mark.parametrize(
    ("number", "written"),
    [(64.25, "64.2%"), (100, "100%"), (0, "0%"), (99.99, "99.9%"), (0.001, "0.1%"), (60.04, "60.0%")],
)
def test_a_share_never_reads_as_all_or_nothing_unless_it_is(number: float, written: str) -> None:
    assert EN.percent(number) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "0 s"), (2.74, "2.7 s"), (9.96, "10 s"), (59.4, "59 s"), (59.6, "1 min"), (245, "4 min 5 s"),
        (3_600, "1 h"), (5_430, "1 h 30 min"), (86_400, "1 d"), (200_000, "2 d 7 h"),
    ],
)  # fmt: skip
def test_a_wait_is_told_in_its_two_largest_units(seconds: float, written: str) -> None:
    assert spaced(EN.lasting(seconds)) == written


def test_days_and_periods_are_written_out() -> None:
    first, last = date(2026, 8, 28), date(2026, 11, 26)
    assert (ID.day(last), EN.day(last)) == ("26 November 2026", "26 November 2026")
    assert (ID.days(first, last), EN.days(first, last)) == (
        "28 Agustus – 26 November 2026",
        "28 August – 26 November 2026",
    )
    assert ID.days(date(2026, 11, 1), last) == "1–26 November 2026"
    assert ID.days(last, last) == "26 November 2026"
    assert EN.days(date(2025, 12, 31), date(2026, 1, 1)) == "31 December 2025 – 1 January 2026"
    assert (spaced(ID.short_day(first)), spaced(EN.short_day(first))) == ("28 Agt", "28 Aug")
    assert [ID.short_weekday(number) for number in range(7)] == ["Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min"]


def test_a_moment_is_told_on_the_shops_clock() -> None:
    at, makassar = 1_795_669_500_000, ZoneInfo("Asia/Makassar")
    assert ID.moment(at, makassar) == "26 November 2026 13.05 WITA"
    assert EN.moment(at, makassar) == "26 November 2026 13:05 WITA"


def test_both_languages_say_everything() -> None:
    assert WORDS["id"].keys() == WORDS["en"].keys()
    assert len(DEFINITIONS["id"]) == len(DEFINITIONS["en"])
    for name, text in WORDS["id"].items():
        assert _places(text) == _places(WORDS["en"][name]), name


def _places(text: str) -> set[str]:
    return {part.split("}")[0] for part in text.split("{")[1:]}
