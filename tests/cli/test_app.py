"""The list of commands, and what a command does not import."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.typed import Typed
from wabot.cli.app import COMMANDS

CHECKOUT = Path(__file__).parents[2]


def test_help_lists_every_command_with_what_it_is_for(wabot: Typed) -> None:
    said = wabot("--help")
    assert said.code == 0
    widest = max(map(len, COMMANDS))
    for name, summary in COMMANDS.items():
        assert f"  {name:{widest}}  {summary}\n" in said.out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there_and_explains_itself(wabot: Typed, name: str) -> None:
    said = wabot(name, "--help")
    assert said.code == 0
    assert f"Usage: wabot {name} " in said.out


def test_an_unknown_command_is_wrong_usage_with_a_guess(wabot: Typed) -> None:
    said = wabot("validat")
    assert said.code == 2
    assert "validate" in said.err


def imported(*words: str, cache: Path) -> set[str]:
    look = (
        f"import sys; sys.argv = ['wabot', *{words!r}]\n"
        "from wabot.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(*sorted(sys.modules))\n"
    )
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    said = subprocess.run(
        [sys.executable, "-c", look], cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=True
    )
    return {name.split(".")[0] for name in said.stdout.splitlines()[-1].split()}


HEAVY = {"asyncio", "dataclasses", "holidays", "hashlib", "inspect", "jinja2", "jsonschema", "jsonschema_rs", "neonize"}
HEAVY |= {"rapidfuzz", "sqlite3", "structlog", "typer", "watchfiles", "xml", "yaml"}


def test_a_message_to_rules_that_have_not_changed_needs_no_heavy_library(cache: Path) -> None:
    first = imported("test", "jam buka?", cache=cache)
    assert {"yaml", "jsonschema_rs"} <= first
    assert imported("test", "jam buka?", cache=cache) & HEAVY == set()


def test_help_needs_nothing_but_the_library_that_reads_command_lines(cache: Path) -> None:
    assert imported("--help", cache=cache) & (HEAVY - {"dataclasses", "inspect", "typer"}) == set()
