"""`wabot explain`: the page of a code, or the list of all."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.cli.typed import Typed
from wabot.lint.catalogue import CATALOGUE

CHECKOUT = Path(__file__).parents[2]


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_code_is_explained(wabot: Typed, code: str) -> None:
    said = wabot("explain", code)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith(f"{code}: {CATALOGUE[code].title}\n\nSeverity: {CATALOGUE[code].severity}\n")
    assert "```" not in said.out


def test_examples_are_indented_and_small_letters_will_do(wabot: Typed) -> None:
    said = wabot("explain", "wb101")
    assert "Avoid\n\n    - id: jam-buka\n      trigger: {type: keyword, keyword: [jam buka]}\n" in said.out


def test_without_a_code_all_are_listed(wabot: Typed) -> None:
    lines = wabot("explain").out.splitlines()
    assert [line.split()[0] for line in lines] == list(CATALOGUE)
    assert "WB013  warning  A file that nobody reads" in lines


@pytest.mark.parametrize(
    ("code", "why"),
    [("WB110", "there is no code `WB110`; did you mean WB106?"), ("contains", "there is no code `CONTAINS`")],
)
def test_an_unknown_code_is_wrong_usage(wabot: Typed, code: str, why: str) -> None:
    said = wabot("explain", code)
    assert (said.code, said.out) == (2, "")
    assert why in said.err


def test_the_pages_ship_in_the_wheel(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=CHECKOUT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {f"wabot/language/checks/{code}.md" for code in CATALOGUE} <= names
