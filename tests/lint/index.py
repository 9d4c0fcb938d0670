"""docs/checks/README.md, made from the catalogue: `make index` writes it, a test holds it true."""

from collections.abc import Iterator
from pathlib import Path

from wabot.lint.catalogue import CATALOGUE
from wabot.lint.fixes.registry import FIXES

INDEX = Path(__file__).parents[2] / "docs" / "checks" / "README.md"

HEADINGS = {
    "WB0": "Files",
    "WB1": "Their shape",
    "WB2": "What they refer to",
    "WB9": "Silences",
}
MEANING = "What rules mean"


def index() -> str:
    """The page, whole."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# What `wabot validate` finds"
    yield ""
    yield "Made from the catalogue by `make index`; `wabot explain CODE` shows a page in the terminal. Where it says"
    yield "yes, `wabot validate --fix` mends it; in brackets, that is a guess, and needs `--unsafe-fixes`, too."
    heading = ""
    for entry in CATALOGUE.values():
        if (found := HEADINGS.get(entry.code[:3], MEANING)) != heading:
            heading = found
            yield from ("", f"## {heading}", "", "| code | severity | | fix |", "|---|---|---|---|")
        fixes = FIXES.get(entry.code, ())
        fix = "yes" if any(one.safe for one in fixes) else "(yes)" if fixes else ""
        yield f"| [{entry.code}]({entry.code}.md) | {entry.severity} | {entry.title} | {fix} |"


if __name__ == "__main__":
    INDEX.write_text(index(), "utf-8")
