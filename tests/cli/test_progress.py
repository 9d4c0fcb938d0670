"""Progress is for people who wait at a terminal, and leaves nothing behind."""

import io
import itertools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from wabot.cli.progress import Progress

CHECKOUT = Path(__file__).parents[2]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def ticking(*seconds: float) -> Iterator[float]:
    return itertools.chain(seconds, itertools.repeat(seconds[-1]))


def test_what_takes_long_is_told_and_wiped_away() -> None:
    out, seconds = Terminal(), ticking(0.0, 0.5, 1.5, 1.5, 1.55, 9.0)
    assert list(Progress(out, lambda: next(seconds)).over(["a", "b", "c", "d"])) == ["a", "b", "c", "d"]
    assert out.getvalue() == "\r\033[Kreading 1 of 4 tenants …\r\033[Kreading 3 of 4 tenants …\r\033[K"


def test_what_is_quick_is_not_told() -> None:
    out, seconds = Terminal(), ticking(0.0, 0.2, 0.9)
    list(Progress(out, lambda: next(seconds)).over(range(100)))
    assert out.getvalue() == ""


def test_where_nobody_looks_nothing_is_told() -> None:
    out, seconds = io.StringIO(), ticking(0.0, 90.0)
    list(Progress(out, lambda: next(seconds)).over(range(100)))
    assert out.getvalue() == ""


def test_clean_rules_need_none_of_what_findings_need() -> None:
    look = (
        "import sys; sys.argv = ['wabot', 'validate', 'rules']\n"
        "from wabot.cli.main import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code\n"
        "print(*sorted(sys.modules))\n"
    )
    said = subprocess.run([sys.executable, "-c", look], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    modules = said.stdout.splitlines()[-1].split()
    assert "wabot.lint.run" in modules
    unwanted: tuple[str, ...] = (
        "jsonschema",
        "xml",
        "neonize",
        "wabot.lint.fixes",
        "wabot.lint.silences",
        "wabot.lint.catalogue",
    )
    unwanted += ("wabot.cli.git", "wabot.cli.changed", "wabot.cli.fixing", "wabot.cli.selection", "wabot.cli.pages")
    unwanted += tuple(f"wabot.cli.reports.{form}" for form in ("json", "github", "sarif", "junit"))
    assert not [name for name in modules if name.startswith(unwanted) and not name.startswith("jsonschema_rs")]


def test_how_far_a_long_work_is_is_told_when_it_is_due_and_wiped_away() -> None:
    out, seconds = Terminal(), ticking(0.0, 0.5, 1.5, 1.5, 1.55)
    progress = Progress(out, lambda: next(seconds))
    for size in (1, 2, 3):
        progress.at(f"{size} MB …")
    progress.end()
    assert out.getvalue() == "\r\033[K2 MB …\r\033[K"
