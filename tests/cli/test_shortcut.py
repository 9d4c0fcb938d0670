"""The short way of `wabot test` says what the long one says, word for word."""

from pathlib import Path

import pytest

from tests.cli.typed import Typed
from wabot.cli.shortcut import take

CHECKOUT = Path(__file__).parents[2]

AT = ["--at", "2026-01-28 10:00"]
SHORT = [
    ["jam buka?", *AT],
    ["jam buka?", "--at", "2026-01-28 22:00", "--trace"],
    ["jam buka?", "rules", *AT],
    ["rules", "jam buka?", *AT],
    ["jam buka?", "rules/toko-melati", *AT],
    ["halo kak", "--tenant", "toko-melati", "--tenant", "warung-sari", *AT],
    ["-m", "rules", *AT],
    ["--message", "menu", "rules/warung-sari", *AT],
    ["-m", "halo", "-m", "menu", *AT],
    ["menu", "--expect", "daftar-menu", *AT],
    ["menu", "--expect", "none", "--tenant", "warung-sari", *AT],
    ["", *AT],
    ["menu", "--at", "2026-01-28 10:00", "--at", "2026-01-28 23:00", "--trace", "--trace"],
    # wrong usage
    ["jam", "buka"],
    ["a", "b", "c"],
    ["rules", "rules"],
    ["menu", "--at", "nanti"],
    ["menu", "--at", ""],
    ["menu", "--expect", "daftar-menuu"],
    ["menu", "--tenant", "x"],
    ["menu", "--tenant", ""],
]
LONG = [
    [],
    ["rules"],
    ["--help"],
    ["menu", "--format", "json"],
    ["menu", "--name", "Budi"],
    ["menu", "--at=2026-01-28"],
    ["menu", "--at"],
    ["menu", "--at", "-1"],
    ["--", "menu"],
    ["-"],
    ["-x"],
    ["menu", "--first"],
]


@pytest.fixture(autouse=True)
def in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CHECKOUT)


@pytest.mark.parametrize("words", SHORT, ids=" ".join)
def test_both_ways_print_the_same_and_end_alike(
    wabot: Typed, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    short = wabot("test", *words)
    monkeypatch.setenv("_WABOT_COMPLETE", "")  # the library may have more to do than to run a command
    assert take(["test", *words]) is None
    assert wabot("test", *words) == short


@pytest.mark.parametrize("words", LONG, ids=" ".join)
def test_what_it_does_not_know_is_left_to_the_library(words: list[str]) -> None:
    assert take(["test", *words]) is None


@pytest.mark.parametrize("words", [[], ["--help"], ["validate"], ["rules"]])
def test_other_commands_are_none_of_its_business(words: list[str]) -> None:
    assert take(words) is None


def test_a_broken_tenant_is_told_alike(wabot: Typed, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository)
    (repository / "rules" / "toko" / "rules.yaml").write_text("version: 1\nrules: [{id: x}]\n")
    short = wabot("test", "jam buka?")
    monkeypatch.setenv("_WABOT_COMPLETE", "")
    assert wabot("test", "jam buka?") == short
    assert "toko: not asked" in short.err
