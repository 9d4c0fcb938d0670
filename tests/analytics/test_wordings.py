"""Customers' words are shown so that nobody is told by them."""

import pytest

from wabot.analytics.wordings import examples, shown_wording


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("halal  kak?\n🙏", "halal kak? 🙏"),
        ("hub 0812-3456-7890 ya", "hub 0812…890 ya"),
        ("wa ke +62 812 3456 7890", "wa ke 6281…890"),
        ("rek 1234567890", "rek 1234…890"),
        ("ke sari@toko.id ya", "ke …@… ya"),
        ("jl cikutra no 35 ya", "jl cikutra no … ya"),
        ("Perum Melati Blok C7, RT.03/05 no. 12a", "Perum Melati Blok …, RT.… no. …"),
        ("blokir nomor ini, norak", "blokir nomor ini, norak"),
        ("pesan 10 porsi jam 12", "pesan 10 porsi jam 12"),
        ("a\x1b[31mmerah\u202e", "a[31mmerah"),
        ("kata " * 60, ("kata " * 60)[:119].rstrip() + "…"),
    ],
)
def test_numbers_addresses_and_what_no_terminal_shows_are_left_out(text: str, shown: str) -> None:
    assert shown_wording(text) == shown


def test_three_wordings_are_shown_the_most_frequent_first() -> None:
    said = ["wifi?", "WIFI?", "ada wifi", "password wifi apa", "wifi dong kak", "wifi dong kak", "wifi dong kak"]
    assert examples(said) == ("wifi dong kak", "wifi?", "ada wifi")
    assert examples(reversed(said)) == examples(said)


def test_of_wordings_that_differ_by_a_slip_one_is_shown() -> None:
    said = ["kok lama ya kak", "kok lama ya kak", "kko lama ya kak", "kok lma ya kak", "udah lama nunggu", "lama?"]
    assert examples(said) == ("kok lama ya kak", "lama?", "udah lama nunggu")


def test_what_does_not_fit_is_not_shown() -> None:
    assert examples(["wifi?", "halal?"], lambda text: "halal" in text) == ("halal?",)
