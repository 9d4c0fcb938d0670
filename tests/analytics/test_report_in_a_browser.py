"""The report, opened in a real browser: on a phone, on a desk, on paper, at night."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Page

from tests.analytics.browser import browser
from tests.analytics.reports import report
from tests.analytics.test_report_page import hostile
from wabot.analytics.report.contents import Report
from wabot.analytics.report.page import report_html

PHONE, DESK = 360, 1280


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


class Opened:
    """A page, and what happened while it was open."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", self._asked)

    def _asked(self, dialog: Dialog) -> None:
        self.complaints.append(dialog.message)
        dialog.dismiss()

    def show(self, file: Path, made: Report) -> None:
        file.write_text(report_html(made), "utf-8")
        self.requests.clear()
        self.page.goto(file.as_uri())
        assert self.requests == [file.as_uri()], "nothing but the file itself is asked for"
        assert self.complaints == []

    def resize(self, width: int) -> None:
        self.page.set_viewport_size({"width": width, "height": 800})

    def run(self, script: str) -> Any:
        return self.page.evaluate(script)


@pytest.fixture
def opened(chromium: Browser) -> Iterator[Opened]:
    page = chromium.new_page(viewport={"width": DESK, "height": 800}, color_scheme="light")
    yield Opened(page)
    page.close()


REACHES_OUT = """() => [...document.querySelectorAll('body *')].filter(element => {
    const box = element.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && (box.right > innerWidth + 0.5 || box.left < -0.5);
}).map(element => element.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("language", ["id", "en"])
def test_it_opens_by_itself_and_fits_a_phone_and_a_desk(opened: Opened, tmp_path: Path, language: str) -> None:
    opened.show(tmp_path / "report.html", report(365, language))
    for width in (PHONE, DESK):
        opened.resize(width)
        opened.run("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert opened.run("document.documentElement.scrollWidth") == width
        assert opened.run(REACHES_OUT) == []
    assert opened.run("document.documentElement.lang") == language


def test_nothing_that_customers_or_operators_wrote_runs_or_breaks_the_page(opened: Opened, tmp_path: Path) -> None:
    opened.show(tmp_path / "report.html", hostile())
    opened.page.hover("h1")
    assert opened.run("document.querySelectorAll('script, img').length") == 0
    assert '<script>alert("x")</script>' in opened.page.inner_text("h1")
    for width in (PHONE, DESK):
        opened.resize(width)
        assert opened.run("document.documentElement.scrollWidth") == width
        assert opened.run(REACHES_OUT) == []
    assert opened.complaints == []
    opened.run("document.body.insertAdjacentHTML('beforeend', '<img src=\"http://example.test/x.png\">')")
    assert any("Content Security Policy" in complaint for complaint in opened.complaints), (
        "the page forbids the network"
    )


def test_it_prints_on_a_few_pages_without_a_chart_that_is_cut(opened: Opened, tmp_path: Path) -> None:
    opened.show(tmp_path / "report.html", report(30))
    printed = opened.page.pdf(prefer_css_page_size=True)
    pages = len(re.findall(rb"/Type\s*/Page\b", printed))
    assert 3 <= pages <= 6
    assert re.search(rb"/MediaBox\s*\[0 0 59[45]", printed), "A4"
    opened.page.emulate_media(media="print")
    kept = (
        "[...document.querySelectorAll('.chart, .heat')].map(one => getComputedStyle(one.closest('.card')).breakInside)"
    )
    assert set(opened.run(kept)) == {"avoid"}


def test_at_night_it_is_dark_and_on_paper_it_is_not(opened: Opened, tmp_path: Path) -> None:
    opened.show(tmp_path / "report.html", report(30))
    light = _contrasts(opened)
    opened.page.emulate_media(color_scheme="dark")
    dark = _contrasts(opened)
    assert min(light.values()) >= 4.5, light
    assert min(dark.values()) >= 4.5, dark
    assert opened.run("getComputedStyle(document.body).backgroundColor") == "rgb(17, 21, 19)"
    opened.page.emulate_media(color_scheme="dark", media="print")
    assert opened.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert opened.run("getComputedStyle(document.body).color") == "rgb(27, 36, 32)"


def test_a_shop_without_messages_has_a_page_that_opens(opened: Opened, tmp_path: Path) -> None:
    told = report(1)
    nothing = told.overview.total._replace(**dict.fromkeys(told.overview.total._fields, 0))
    opened.show(tmp_path / "report.html", replace(told, overview=replace(told.overview, total=nothing)))
    assert opened.page.is_visible("text=Tidak ada pesan di periode ini.")


def _contrasts(opened: Opened) -> dict[str, float]:
    """How much each colour of text stands out from what is behind it."""
    found: dict[str, float] = opened.run("""() => {
        const light = colour => {
            const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map(part => part / 255)
                .map(part => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const behind = element => {
            for (let one = element; one; one = one.parentElement) {
                const colour = getComputedStyle(one).backgroundColor;
                if (!/rgba\\(.*, 0\\)/.test(colour)) return colour;
            }
        };
        const found = {};
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
            const element = walker.currentNode.parentElement;
            if (!walker.currentNode.data.trim() || element.closest('svg')) continue;
            const [front, back] = [getComputedStyle(element).color, behind(element)];
            const [more, less] = [light(front), light(back)].sort((one, other) => other - one);
            found[`${front} on ${back}`] = (more + 0.05) / (less + 0.05);
        }
        return found;
    }""")
    return found
