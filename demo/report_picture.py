"""Renew the pictures of the report in docs/: a generated year of a shop, its report, and Debian's chromium.

`make report-picture`. They look the same on every machine that has the font Inter (Debian's fonts-inter) and
noto-color-emoji; others show their own.
"""

import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from bench.make_history import RULES, fill
from tests.analytics.browser import browser

from wabot.analytics.period import Period
from wabot.analytics.report import write_report
from wabot.engine.load import load_tenant
from wabot.store.sqlite.aggregating import count_all
from wabot.store.sqlite.reading import asking

DOCS: Final = Path(__file__).parent.parent / "docs"
LAST: Final = date(2026, 11, 26)
MESSAGES: Final = 60_000
LARGEST: Final = 300_000
"""Bytes of a picture."""


def main() -> int:
    rules = load_tenant(RULES).rule_set
    assert rules is not None, "the example tenant has errors"
    period = Period(LAST - timedelta(29), LAST, rules.tenant.timezone)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "data" / RULES.name
        fill(folder, MESSAGES, until=LAST)
        count_all(folder, folder.name, rules.tenant.timezone, period.until)
        pages = {language: Path(place) / f"{language}.html" for language in ("en", "id")}
        with asking(folder, folder.name) as ask:
            for language, page in pages.items():
                with page.open("w", encoding="utf-8") as out:
                    write_report(out, ask, period, rules, period.until, name=folder.name, language=language)
        _shoot(pages["en"], DOCS / "report.png", 1120, "#heat")
        _shoot(pages["id"], DOCS / "report-phone.png", 390, "#who")
    return 0


def _shoot(page: Path, picture: Path, width: int, until: str) -> None:
    """A picture of the page down to the end of the section with this heading."""
    with browser() as opened:
        tab = opened.new_page(viewport={"width": width, "height": 900}, color_scheme="light")
        tab.goto(page.as_uri())
        end = tab.evaluate("id => document.querySelector(id).closest('section').getBoundingClientRect().bottom", until)
        tab.screenshot(path=picture, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": int(end) + 36})
    size = picture.stat().st_size
    print(f"{picture}: {size:,} bytes")
    if size > LARGEST:
        print(f"{picture} has more than {LARGEST:,} bytes", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
