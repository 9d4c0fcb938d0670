import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wabot.model.visible import on_one_line, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("halo kak 🙏 é", "halo kak 🙏 é"),
        ("satu\ndua", "satu\ndua"),
        ("\x1b[2J\x07\r\t", "\\x1b[2J\\x07\\x0d\\x09"),
        ("\x7f\x9b31m", "\\x7f\\x9b31m"),
        ("\u202efdp.exe\u2069\u2028", "\\u202efdp.exe\\u2069\\u2028"),
        ("\udcff", "\\udcff"),
    ],
)
def test_control_characters_are_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_a_name_stands_on_one_line() -> None:
    assert on_one_line("Budi\n10:00  warung  → palsu\x1b[0m") == "Budi 10:00  warung  → palsu\\x1b[0m"


@given(st.text(st.characters()))
def test_nothing_is_left_that_steers_a_terminal(text: str) -> None:
    shown = visible(text)
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in shown.replace("\n", ""))
    assert visible(shown) == shown
