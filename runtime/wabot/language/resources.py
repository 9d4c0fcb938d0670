"""Data files that ship with wabot: the packaged folder if there is one, else the checkout's."""

from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent
_CHECKOUT: Final = _HERE.parents[2]


def schemas() -> Path:
    """The folder of the JSON Schemas."""
    return _packaged("schemas", "schemas")


def examples() -> Path:
    """The folder of the example tenants."""
    return _packaged("examples", "rules")


def check_pages() -> Path:
    """The folder of the pages about findings, one a code."""
    return _packaged("checks", "docs/checks")


def cookbook() -> Path:
    """The folder of the recipes that `wabot init --recipe` copies."""
    return _packaged("cookbook", "docs/cookbook")


def _packaged(packaged: str, checkout: str) -> Path:
    folder = _HERE / packaged
    return folder if folder.is_dir() else _CHECKOUT / checkout
