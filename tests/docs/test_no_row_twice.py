"""Pages are merged from what several wrote: nothing is told twice in one table, or in one page."""

from pathlib import Path

import pytest

PAGES = sorted((Path(__file__).parent.parent.parent / "docs").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_row_of_a_table_begins_like_another(page: Path) -> None:
    seen: set[str] = set()
    twice = []
    for line in page.read_text("utf-8").splitlines():
        if not line.startswith("|"):
            seen.clear()
        elif (first := line.split("|")[1].strip()).startswith("`--"):
            if first in seen:
                twice.append(first)
            seen.add(first)
    assert not twice


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_long_line_stands_twice(page: Path) -> None:
    lines = [line for line in page.read_text("utf-8").splitlines() if len(line) > 70 and not line.startswith("|-")]
    assert sorted(set(lines)) == sorted(lines)
