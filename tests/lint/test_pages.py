"""Each code has a page, each page's examples are true, and the catalogue knows every code."""

import re
from pathlib import Path

import pytest

from tests.engine.rule_sets import NOW
from tests.lint.index import INDEX, index
from tests.lint.pages import FOLDER, Example, Page, read_page
from tests.tenants import sections, write_tenant
from wabot.engine.load import load_tenant
from wabot.language.diagnostic import Diagnostic
from wabot.lint.catalogue import CATALOGUE
from wabot.lint.run import lint
from wabot.lint.silences import Commented, heed

SOURCES = Path(__file__).parents[2] / "runtime" / "wabot"
CASES = sorted((Path(__file__).parents[1] / "language" / "cases").glob("*.txt"))
PAGES = [read_page(path) for path in sorted(FOLDER.glob("WB*.md"))]


def found(folder: Path) -> list[Diagnostic]:
    loaded = load_tenant(folder)
    left, _ = heed(
        [Commented(loaded.documents, loaded.rule_set is not None)], [*loaded.diagnostics, *lint(loaded, NOW)]
    )
    return left


def example(one: Example, folder: Path) -> list[Diagnostic]:
    if one.not_run:
        pytest.skip(one.not_run)
    unknown = set(re.findall(r"ignore (WB[3-8]\d\d)", "".join(one.files.values()))) - CATALOGUE.keys()
    if unknown:
        pytest.skip(f"there is no check {', '.join(sorted(unknown))} yet")
    return found(write_tenant(folder / "warung", one.files))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.code)
def test_what_a_page_says_to_avoid_is_found(page: Page, tmp_path: Path) -> None:
    codes = {item.code for item in example(page.avoid, tmp_path)}
    assert page.code in codes, codes


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.code)
def test_what_a_page_prefers_has_neither_that_finding_nor_any_error(page: Page, tmp_path: Path) -> None:
    left = example(page.prefer, tmp_path)
    assert not [item for item in left if item.code == page.code or item.severity == "error"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.code)
def test_a_page_is_named_as_the_catalogue_names_its_code_and_says_why(page: Page) -> None:
    entry = CATALOGUE[page.code]
    assert (page.title, page.severity) == (entry.title, entry.severity)
    assert len(page.why.split()) >= 20


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    assert {path.stem for path in FOLDER.glob("WB*.md")} == CATALOGUE.keys()
    assert all(path.stem == page.code for path, page in zip(sorted(FOLDER.glob("WB*.md")), PAGES, strict=True))


def test_every_code_in_use_is_in_the_catalogue_and_every_code_of_the_loader_is_in_use() -> None:
    used = {
        code
        for path in SOURCES.rglob("*.py")
        if path.name != "catalogue.py" and "fixes" not in path.parts
        for code in re.findall(r'"(WB\d{3})"', path.read_text("utf-8"))
    }
    assert used == CATALOGUE.keys()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_the_loader_reports_with_the_severity_that_the_catalogue_says(case: Path, tmp_path: Path) -> None:
    files = sections(case.read_text("utf-8"))
    del files["findings"]
    for item in load_tenant(write_tenant(tmp_path / "warung", files)).diagnostics:
        assert item.severity == CATALOGUE[item.code].severity


def test_the_index_is_what_the_catalogue_makes_it() -> None:
    assert INDEX.read_text("utf-8") == index(), "run `make index`"
