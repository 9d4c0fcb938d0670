"""Messages that ask the same come together, whatever order they are in."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.analytics.asked import SMALL_TALK, WORDLESS, ask
from tests.examples import examples
from wabot.analytics.chat_words import Use, read_word
from wabot.analytics.grouping import Grouped, group
from wabot.analytics.spelling import unify
from wabot.engine.normalize import fold

_PIECES = st.sampled_from(
    "kak min halo makasih berapa brp harga ongkir ongkirnya ongkirr martabak martbak martabk telur bandung kirim "
    "dikirim bisa tidak 👍 12345 mlt-021 ayam ayammm no y a_b ß İ ﷺ ้ 中文 x@y.id https://a.id/b ____".split()
)
MESSAGES = st.lists(st.one_of(st.lists(_PIECES, max_size=6).map(" ".join), st.text(max_size=30)), max_size=40)


def told(messages: list[str], found: Grouped) -> set[tuple[object, ...]]:
    """The groups by what they say, however their messages are numbered."""
    groups = {
        (one.word, one.use, one.forms, one.beside, tuple(sorted(messages[place] for place in one.members)))
        for one in found.groups
    }
    others = {
        (name, tuple(sorted(messages[place] for place in places)))
        for name, places in (("greetings", found.greetings), ("wordless", found.wordless))
    }
    return groups | others


@pytest.mark.parametrize(
    ("messages", "groups"),
    [
        (
            ["kak jual martabak ga?", "ada martabak telur", "ongkir bandung brp", "ongkirnya ke medan kak", "ONGKIR??"],
            {"ongkir": 3, "martabak": 2},
        ),
        (["jual pulsa?", "jual galon?", "jual pulsa listrik"], {"pulsa": 2, "galon": 1}),
        (["harga brp", "hrganya kak", "harga martabak?"], {"harga": 2, "martabak": 1}),
        (["berapa kak?", "brp", "brapaaa ya"], {"berapa": 3}),
        (["bisa kirim ke bali?", "dikirim ke lombok bs", "kirimin ke batam"], {"kirim": 3}),
        (["martabak manis", "martabak", "martabak telur", "martbak ada?", "martabbak kak"], {"martabak": 5}),
        (["kembalian kurang", "mau kembali besok", "kembali lagi"], {"kembalian": 1, "kembali": 2}),
    ],
)
def test_messages_that_share_the_word_of_the_matter_are_one_group(messages: list[str], groups: dict[str, int]) -> None:
    assert {one.word: len(one.members) for one in group(messages).groups} == groups


def test_who_only_greets_thanks_or_says_yes_asks_nothing() -> None:
    found = group([*SMALL_TALK, *WORDLESS])
    assert (found.groups, len(found.greetings), len(found.wordless)) == ((), len(SMALL_TALK), len(WORDLESS))


def test_the_largest_group_is_the_first_and_tells_what_often_stands_beside_its_word() -> None:
    found = group(["ongkir bandung", "ongkir ke bandung brp", "ongkir medan", "wifi?"])
    assert [(one.word, one.forms, one.beside) for one in found.groups] == [
        ("ongkir", ("ongkir",), ("bandung",)),
        ("wifi", ("wifi",), ()),
    ]


@examples(200)
@given(MESSAGES)
def test_every_message_is_in_exactly_one_place(messages: list[str]) -> None:
    found = group(messages)
    places = [*found.greetings, *found.wordless, *(place for one in found.groups for place in one.members)]
    assert sorted(places) == list(range(len(messages)))
    assert all(list(one.members) == sorted(one.members) for one in found.groups)


@examples(200)
@given(MESSAGES, st.randoms(use_true_random=False))
def test_another_order_of_the_messages_gives_the_same_groups(messages: list[str], chance: random.Random) -> None:
    other = messages.copy()
    chance.shuffle(other)
    assert told(other, group(other)) == told(messages, group(messages))


@examples(200)
@given(MESSAGES)
def test_each_message_of_a_group_holds_one_of_its_forms_as_a_word(messages: list[str]) -> None:
    for one in group(messages).groups:
        for place in one.members if one.use is not Use.asking else ():
            assert set(one.forms) & set(_words(messages[place]))


def _words(message: str) -> list[str]:
    return "".join(char if char.isalnum() or char == "_" else " " for char in fold(message)).split()


@examples(100)
@given(st.dictionaries(st.text("abdikn", min_size=1, max_size=9), st.integers(1, 50)))
def test_a_word_that_others_are_taken_for_is_taken_for_nothing(counts: dict[str, int]) -> None:
    meant = unify(counts)
    assert not meant.keys() & set(meant.values())


def test_a_word_that_is_right_is_no_misspelt_other_one() -> None:
    assert unify({"bahan": 9, "badan": 1, "lemari": 8, "lemarri": 1, "kebab": 9, "kebas": 9}) == {"lemarri": "lemari"}


@pytest.mark.parametrize(
    ("written", "meant", "use"),
    [
        ("brpa", "berapa", Use.asking),
        ("kakkkk", "kak", Use.filler),
        ("ongkirnyaaa", "ongkir", Use.named),
        ("haloo", "halo", Use.greeting),
        ("hrga", "harga", Use.general),
        ("hanya", "hanya", Use.filler),
        ("maaf", "maaf", Use.filler),
        ("ayam", "ayam", Use.named),
    ],
)
def test_a_word_is_read_as_it_is_meant(written: str, meant: str, use: Use) -> None:
    assert read_word(written) == (meant, use)


def test_a_day_of_messages_keeps_to_its_matters() -> None:
    found = group(ask(600))
    sizes = Counter({one.word: len(one.members) for one in found.groups})
    assert {"halal", "parkir", "reservasi", "wifi", "sambal", "lowongan", "berapa"} <= sizes.keys()
    assert len(found.groups) <= 16
