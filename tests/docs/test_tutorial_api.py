"""The tutorial's commands and its script do what the page says, beside a real daemon."""

import re
from pathlib import Path

from demo.tutorial import PRINTS, play, shop

PAGES = Path(__file__).parents[2] / "docs" / "api"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def test_the_script_prints_what_the_page_says(tmp_path: Path) -> None:
    with shop(tmp_path / "shop") as url:
        done = play(tmp_path / "shop", url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [MOMENT.sub("", line) for line in done.stdout.splitlines()] == [MOMENT.sub("", line) for line in PRINTS]


def test_every_page_of_the_api_is_linked_from_its_first_page() -> None:
    first = (PAGES / "README.md").read_text("utf-8")
    pages = {page.name for page in PAGES.glob("*.md")} - {"README.md"}
    assert {name for name in pages if f"({name}" not in first} == set()
