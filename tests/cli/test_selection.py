"""`--select` and `--ignore`: by code or by the beginning of codes; the exit code follows what is left."""

from pathlib import Path

import pytest

from tests.cli.typed import Typed
from tests.tenants import rules


@pytest.fixture
def broken(repository: Path) -> Path:
    """WB101, WB203 and WB013."""
    text = "  - id: a\n    trigger: {type: welcome}\n    response: Halo {{ nama }}\n    coldown: 1m\n"
    (repository / "rules" / "warung" / "rules.yaml").write_text(rules(text)["rules.yaml"])
    (repository / "rules" / "toko" / "rules.yml").write_text("version: 1\n")
    return repository


@pytest.mark.parametrize(
    ("options", "codes", "exit_code"),
    [
        ([], ["WB013", "WB101", "WB203"], 1),
        (["--select", "WB1"], ["WB101"], 1),
        (["--select", "WB203,WB0"], ["WB013", "WB203"], 1),
        (["--select", "wb101", "--select", "WB203"], ["WB101", "WB203"], 1),
        (["--ignore", "WB1, WB203"], ["WB013"], 1),
        (["--ignore", "WB"], [], 0),
        (["--select", "WB102"], [], 0),
        (["--select", "WB1,WB2", "--ignore", "WB101"], ["WB203"], 1),
        (["--select", "WB101", "--ignore", "WB1"], [], 0),
    ],
)
def test_only_what_is_asked_for_is_reported_and_counts(
    wabot: Typed, broken: Path, options: list[str], codes: list[str], exit_code: int
) -> None:
    said = wabot("validate", "--format", "json", *options)
    assert (sorted(item["code"] for item in said.data["findings"]), said.code) == (codes, exit_code)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--select", "WB110"], "--select: there is no code `WB110`; did you mean WB106?"),
        (["--ignore", "jam-buka"], "--ignore: there is no code `JAM-BUKA`; `wabot explain` lists them all"),
        (["--select", "WB101,"], "--select needs a code"),
        (["--ignore", ""], "--ignore needs a code"),
    ],
)
def test_an_unknown_code_is_wrong_usage(wabot: Typed, broken: Path, options: list[str], why: str) -> None:
    said = wabot("validate", *options)
    assert said.code == 2
    assert why in said.err
