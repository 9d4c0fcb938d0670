"""What a text chooses from a menu."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wabot.engine.menus import MenuChoices, forms
from wabot.language.diagnostic import Location
from wabot.language.responses.menu import Menu, Option
from wabot.language.rule_set import Rule
from wabot.language.triggers.welcome import Welcome

LABELS = ("Lihat menu", "Jam buka", "*Promo*", "No 2 saja", "1", "CS", "😀", "(lain)")


def choices(*options: tuple[str, str]) -> MenuChoices:
    menu = Menu((), tuple(Option(key, label) for key, label in options))
    rule = Rule("menu", Welcome(), menu, Location(Path("rules.yaml")))
    return MenuChoices(rule, menu, {}, {})


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("1", "1"),
        (" 1. ", "1"),
        ("no 1 kak", "1"),
        ("Satu", "1"),
        ("pilih nomor dua ya", "2"),
        ("(2)", "2"),
        ("jam buka", "2"),
        ("Jam Buka dong!", "2"),
        ("jam buka dong", "2"),
        ("1️⃣", "1"),
        ("saya pilih 2", None),
        ("12", None),
        ("tiga", None),
        ("", None),
    ],
)
def test_keys_labels_and_ways_to_write_them_choose_an_option(text: str, key: str | None) -> None:
    chosen = choices(("1", "Lihat menu"), ("2", "Jam buka")).chosen(text)
    assert (chosen.key if chosen is not None else None) == key


_pieces = st.sampled_from(("1", "2", "satu", "dua", "no", "pilih", "menu", "kak", "ya", ".", "*", "(", ")", *LABELS))
_texts = st.lists(_pieces, max_size=5).flatmap(
    lambda pieces: st.sampled_from(("", " ", ". ")).map(lambda glue: glue.join(pieces))
)


@given(st.lists(st.tuples(st.sampled_from(("1", "2", "a.", "#")), st.sampled_from(LABELS)), min_size=1), _texts)
def test_a_text_chooses_what_the_first_of_its_forms_names(options: list[tuple[str, str]], text: str) -> None:
    menu = choices(*options)
    assert menu.chosen(text) == next((menu._options[form] for form in forms(text) if form in menu._options), None)
