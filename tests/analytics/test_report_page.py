"""The page of the report holds the figures, in its language, and nothing of what others wrote becomes part of it."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest

from tests.analytics.pages import Elements
from tests.analytics.reports import report
from wabot.analytics.overview import NOTHING, Overview
from wabot.analytics.report.contents import Report
from wabot.analytics.report.page import report_html
from wabot.analytics.report.reading import without_names
from wabot.analytics.rule_figures import RuleFigure, RuleFigures

HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>"\'&lt;\u202egnp.\u2066\x00\ud83d😀'


def hostile(language: str = "id") -> Report:
    sound = report(30, language)
    assert sound.customers and sound.rules and sound.unanswered
    return replace(
        sound,
        name=HOSTILE,
        rules=RuleFigures(
            tuple(replace(rule, rule=HOSTILE + rule.rule) for rule in sound.rules.rules), (RuleFigure(HOSTILE),), {}
        ),
        unanswered=replace(
            sound.unanswered,
            matters=tuple(
                replace(matter, word=HOSTILE, examples=(HOSTILE + "x" * 5_000, HOSTILE))
                for matter in sound.unanswered.matters
            ),
        ),
        people=tuple(one._replace(name=HOSTILE, email=HOSTILE) for one in sound.people),
        menus=tuple(
            replace(
                menu, name=HOSTILE, choices=tuple(choice._replace(key="9", label=HOSTILE) for choice in menu.choices)
            )
            for menu in sound.menus
        ),
        customers=replace(sound.customers, tags=tuple(tag._replace(name=HOSTILE) for tag in sound.customers.tags)),
    )


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("days", [1, 30, 365, 800])
def test_a_page_is_well_formed_and_names_no_place_outside_itself(days: int, language: str) -> None:
    page = report_html(report(days, language))
    elements = Elements(page)
    assert not {"script", "img", "iframe", "object", "form", "a", "base"} & {tag for tag, _ in elements.tags}
    assert "http:" not in page and "https:" not in page and "//" not in page
    assert "url(" not in page and "@import" not in page
    links = [attributes["href"] for tag, attributes in elements.tags if tag == "link"]
    assert links == ["data:,"]
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in page
    assert ("html", {"lang": language}) in elements.tags


def test_the_headline_figures_are_written_in_the_language_of_the_page() -> None:
    told = report(30)
    total = told.overview.total
    indonesian, english = Elements(report_html(told)).text, Elements(report_html(replace(told, language="en"))).text
    assert f"{total.messages:,}".replace(",", ".") in indonesian
    assert f"{total.messages:,}" in english
    assert "28 Oktober – 26 November 2026" in indonesian
    assert "28 October – 26 November 2026" in english
    share = f"{total.alone.percent:.1f}%"
    assert share.replace(".", ",") in indonesian
    assert share in english
    assert "target > 60%" in indonesian and "target > 99%" in indonesian
    assert "Warung Sari" in indonesian


def test_goals_that_are_missed_are_said_to_be() -> None:
    told = report(30)
    poor = told.overview.total._replace(bot_only=told.overview.total.conversations // 2)
    missed = replace(told, overview=replace(told.overview, total=poor))
    assert "belum tercapai" in report_html(missed)
    assert "belum tercapai" not in report_html(told)


def test_every_chart_and_table_says_what_it_is() -> None:
    elements = Elements(report_html(report(30)))
    tags = [tag for tag, _ in elements.tags]
    assert tags.count("caption") == tags.count("table")
    ids = [attributes["id"] for _, attributes in elements.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    pictures = [attributes for tag, attributes in elements.tags if tag == "svg"]
    named = [named for picture in pictures if (named := picture.get("aria-labelledby"))]
    assert len(named) == sum(picture.get("role") == "img" for picture in pictures)
    assert all("aria-hidden" in picture or "aria-labelledby" in picture for picture in pictures)
    assert {part for names in named for part in names.split()} <= set(ids)
    headings = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
    assert headings[:2] == [1, 2] and headings.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(headings))


def test_the_chart_of_days_has_its_numbers_beside_it() -> None:
    told = report(30)
    text = Elements(report_html(told)).text
    for figures in told.overview.days.values():
        assert f" {figures.bot_only} {figures.conversations - figures.bot_only} " in text


@pytest.mark.parametrize("language", ["id", "en"])
def test_what_others_wrote_stays_text(language: str) -> None:
    page = report_html(hostile(language))
    elements = Elements(page)
    assert not {"script", "img"} & {tag for tag, _ in elements.tags}
    assert not any(name.startswith("on") for _, attributes in elements.tags for name in attributes)
    assert '<script>alert("x")</script><img src=x onerror=alert(1)>' in elements.text
    assert "😀" in elements.text
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00\ud800-\udfff]", page)
    assert "\\u202e" in page
    assert "x" * 300 not in page, "what is too long is cut"
    page.encode()


def test_a_period_without_a_message_says_so_and_draws_nothing() -> None:
    told = report(30)
    empty = Overview(told.overview.period, NOTHING, dict.fromkeys(told.overview.days, NOTHING), told.overview.week)
    text = Elements(report_html(replace(told, overview=empty, before=None))).text
    assert "Tidak ada pesan di periode ini." in text
    assert "Dari hari ke hari" not in text
    assert "Cara menghitung" in text


def test_a_shop_whose_rules_nobody_knows_has_a_report_without_them() -> None:
    bare = replace(report(30), shop=None, rules=None, unanswered=None, people=(), menus=(), customers=None)
    text = Elements(report_html(bare)).text
    assert "jam buka" not in text.split("Kapan pelanggan menulis")[1].split("Cara menghitung")[0]
    for heading in ("Aturan", "Operator", "Menu", "Pertanyaan yang belum dikenal"):
        assert f" {heading} " not in text.split("Cara menghitung")[0].split("Kapan pelanggan menulis")[1]


def test_nothing_is_compared_with_a_period_that_was_not_counted() -> None:
    told = report(30, before=None)
    text = Elements(report_html(told)).text
    assert "Periode sebelumnya belum ada datanya" in text
    assert "sebelumnya " not in text.replace("Periode sebelumnya belum", "").split("Cara menghitung")[0]


def test_an_anonymous_page_holds_no_name_and_no_words_of_anybody() -> None:
    told = report(30)
    page = report_html(without_names(told))
    for words in ("Rina", "Budi", "rina@", "cod ke cimahi", "qris", "grosir", "reseller"):
        assert words in report_html(told) or words == "rina@"
        assert words not in page
    assert "Operator 1" in page and "Operator 2" in page
    assert "HP toko" in page


def test_the_last_day_is_said_to_be_unfinished_only_while_it_is() -> None:
    told = report(30)
    assert "hari terakhir belum selesai" in report_html(told)
    assert "hari terakhir belum selesai" not in report_html(replace(told, counted_at=told.overview.period.until))
    assert "Belum pernah dihitung" in report_html(replace(told, counted_at=None))
