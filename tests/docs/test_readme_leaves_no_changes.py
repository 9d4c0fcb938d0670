"""Whoever follows the README in a checkout commits nothing of it by accident."""

import re
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]


def test_the_folders_that_the_readme_makes_are_ignored_by_git() -> None:
    made = re.findall(r"^\$ wabot .*?(?:init|--output|--data) ([\w-]+)", (REPOSITORY / "README.md").read_text(), re.M)
    assert {"toko-ani", "safe", "data"} <= set(made)
    assert {f"/{folder}/" for folder in made} <= set((REPOSITORY / ".gitignore").read_text().splitlines())
