"""Phone numbers, as people and spreadsheets write them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wabot.model.phone import phone_number

WRITTEN = [
    *("081234567890", "0812-3456-7890", "+62 812 3456 7890", "6281234567890", "81234567890", "'081234567890"),
    *(
        "+62 (0)812-3456-7890",
        "62 0812 3456 7890",
        "0062 812 3456 7890",
        "(0812) 3456.7890",
        "０８１２３４５６７８９０",
    ),
]


@pytest.mark.parametrize("text", WRITTEN)
def test_one_number_however_it_is_written(text: str) -> None:
    assert phone_number(text) == "6281234567890"


@pytest.mark.parametrize(
    ("text", "number"),
    [("+1 415 555 0100", "14155550100"), ("65 6123 4567", "6561234567"), ("0221234567", "62221234567")],
)
def test_other_numbers(text: str, number: str) -> None:
    assert phone_number(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tidak ada",
        "0",
        "12345",
        "6.28123E+12",
        "0812 atau 0813",
        "+",
        "08123456789012345",
        "=0812345678",
        "-0812345",
    ],
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert phone_number(text) is None


@given(st.text())
def test_whatever_stands_there_it_is_a_whole_number_or_none(text: str) -> None:
    number = phone_number(text)
    assert number is None or re.fullmatch("[1-9][0-9]{6,14}", number)


@given(st.from_regex(r"62[1-9][0-9]{7,10}", fullmatch=True), st.lists(st.integers(0, 13), max_size=4))
def test_a_whole_number_stays_itself_also_with_a_plus_and_spaces(number: str, gaps: list[int]) -> None:
    spaced = number
    for gap in sorted(gaps, reverse=True):
        spaced = f"{spaced[:gap]} {spaced[gap:]}" if 0 < gap < len(spaced) else spaced
    assert phone_number(number) == phone_number(f"+{spaced}") == phone_number(f"0{number[2:]}") == number
