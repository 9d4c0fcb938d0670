"""`wabot analytics export --format html`: the report of what a live shop stored."""

import shutil
from pathlib import Path

import pytest

from tests.analytics.pages import Elements
from tests.cli.terminal import on_terminal
from tests.cli.typed import Orders, Typed
from tests.session.stage import BUDI, stage

WEEK = ("--from", "2026-01-26", "--to", "2026-02-01")
REPORT = ("analytics", "export", "--format", "html")


@pytest.fixture
def data(lived: Path, tmp_path: Path) -> Path:
    """The shop's data, for one test."""
    return Path(shutil.copytree(lived, tmp_path / "data"))


def written(order: Orders, page: Path, *words: str) -> str:
    """The page's text."""
    said = order(*REPORT, "--output", page, *words)
    assert said.code == 0, said.err
    return Elements(page.read_text("utf-8")).text


def test_the_report_is_one_file_in_the_tenants_language_with_the_figures_of_the_overview(
    order: Orders, tmp_path: Path
) -> None:
    page = tmp_path / "laporan.html"
    text = written(order, page, *WEEK)
    (told,) = order.told("analytics", *WEEK)["tenants"]
    total = told["total"]
    assert "Laporan chat WhatsApp Warung 26 Januari – 1 Februari 2026 · 7 hari" in text
    assert f"Bot menyelesaikan {total['bot_alone']['percent']:.0f},0% dari {total['conversations']} percakapan" in text
    assert f"Percakapan {total['conversations']} " in text
    assert f"Pelanggan yang menulis {total['customers']} {total['new_customers']} pelanggan baru" in text
    assert "menu-utama" in text and "jam-buka" in text
    assert "“kemahalan”" not in text, "asked once, it is no matter"
    assert "Menu utama Pilihan Dipilih Bagian 1. Harga 1 50,0%" in text
    assert "Sari 1 2 " in text and "HP toko 1 1 " in text
    assert page.stat().st_mode & 0o777 == 0o600


def test_the_report_may_be_written_in_the_other_language(order: Orders, tmp_path: Path) -> None:
    text = written(order, tmp_path / "report.html", *WEEK, "--language", "en")
    assert "WhatsApp chat report Warung 26 January – 1 February 2026 · 7 days" in text


def test_the_name_of_the_file_says_that_it_is_the_report(order: Orders, tmp_path: Path) -> None:
    said = order("analytics", "export", "--output", tmp_path / "report.html", *WEEK)
    assert (said.code, said.err) == (0, "")
    assert said.out == f"{tmp_path}/report.html: the report of warung, 2026-01-26 to 2026-02-01\n"
    assert (tmp_path / "report.html").read_text("utf-8").startswith("<!doctype html>")


def test_an_anonymous_report_names_nobody_and_quotes_nobody(order: Orders, tmp_path: Path) -> None:
    text = written(order, tmp_path / "report.html", *WEEK, "--anonymize")
    assert "Operator 1" in text
    for words in ("Sari", "sari@", "Dedi", "Budi", "Citra", "cod?", "kemahalan"):
        assert words not in text


def test_the_report_goes_to_a_pipe_but_not_to_a_terminal(order: Orders, data: Path) -> None:
    said = order(*REPORT, *WEEK)
    assert said.code == 0
    assert said.out.startswith("<!doctype html>") and said.out.endswith("</html>\n")
    shown = on_terminal(200, *REPORT, "--data", data, *WEEK)
    assert "the report is nothing for a terminal; name a file: --output warung.html" in shown


def test_a_period_without_messages_has_a_page_that_says_so(order: Orders, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    said = order(*REPORT, "--output", page, "--from", "2025-01-01", "--to", "2025-01-31")
    assert said.code == 0
    assert "nothing was written then: the first messages are those of" in said.err
    assert "Tidak ada pesan di periode ini." in Elements(page.read_text("utf-8")).text


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--from", "2026-02-02", "--to", "2026-02-01"), "the period ends before it begins"),
        (("--language", "jv"), "--language jv: the report is written in id or en"),
        (("--table", "rules"), "the report is of all that is counted; leave out --table rules"),
        (("--tenant", "warumg"), "did you mean `warung`?"),
    ],
)
def test_what_cannot_be_told_leaves_no_file(order: Orders, tmp_path: Path, words: tuple[str, ...], why: str) -> None:
    page = tmp_path / "out" / "report.html"
    page.parent.mkdir()
    said = order(*REPORT, "--output", page, *words)
    assert said.code == 2
    assert why in said.err
    assert list(page.parent.iterdir()) == []


def test_a_file_that_exists_stays_unless_it_is_said_otherwise(order: Orders, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text("mine")
    assert order(*REPORT, "--output", page, *WEEK).code == 2
    assert page.read_text() == "mine"
    assert order(*REPORT, "--output", page, *WEEK, "--force").code == 0
    assert page.read_text("utf-8").startswith("<!doctype html>")


def test_the_language_of_a_table_is_nobodys_to_choose(order: Orders) -> None:
    said = order("analytics", "export", "--language", "en")
    assert said.code == 2
    assert "--language en is for the report: say --format html, too" in said.err


async def test_what_a_customer_writes_is_quoted_as_text(wabot: Typed, tmp_path: Path) -> None:
    hostile = "bisa gofood <script>alert(1)</script> \u202egnirts 🌸"
    async with stage(tmp_path) as shop:
        for _ in range(3):
            await shop.say(hostile, BUDI, name="<img src=x onerror=alert(1)>")
            shop.later(60_000)
    (tmp_path / "stored").mkdir()
    data = (tmp_path / "data").rename(tmp_path / "stored" / "warung").parent
    page = tmp_path / "report.html"
    said = wabot(*REPORT, "--data", data, "--output", page, *WEEK)
    assert said.code == 0, said.err
    text = page.read_text("utf-8")
    elements = Elements(text)
    assert "bisa gofood <script>alert(1)</script>" in elements.text
    assert "🌸" in elements.text
    assert "\u202e" not in text
    assert not {"script", "img"} & {tag for tag, _ in elements.tags}
