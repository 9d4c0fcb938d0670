"""A short text that a regex matches."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.rule_sets import REGEXES
from wabot.engine.witness import witness
from wabot.language.regex import Regex


@pytest.mark.parametrize(
    ("regex", "text"),
    [
        (r"\bJP\d{4}\b", "JP1111"),
        (r"\bpesan\b.*?\b(?P<jumlah>\d{1,2})\b", "pesan 1"),
        (r"\bongkir\s+(?:ke\s+)?(?P<kota>[a-z]{4,})", "ongkir aaaa"),
        (r"kompresor|kapasitor|pcb", "kompresor"),
        (r"^halo$", "halo"),
        (r"no[^a-z]\W\D", "no1 a"),
        (r"a{2,3}b?", "aa"),
    ],
)
def test_a_text_is_made_that_reads_like_the_regex(regex: str, text: str) -> None:
    assert witness(regex) == text


@pytest.mark.parametrize("regex", [r"\pL+", "(", "a*", r"[[:alpha:]]+\Q.\E", "x{1000}{9}", ""])
def test_what_cannot_be_read_or_matches_nothing_has_no_text(regex: str) -> None:
    assert witness(regex) is None


@given(st.sampled_from(REGEXES) | st.text("ab1 .*+?()[]{}|^$\\dwsbDWS-,", max_size=12), st.booleans())
def test_whatever_is_given_out_matches(regex: str, case_sensitive: bool) -> None:
    made = witness(regex, case_sensitive)
    assert made is None or Regex(regex, case_sensitive).find(made.encode()) is not None
