"""Keeping a library from importing what it would take along if it found it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def hidden(*names: str) -> Iterator[None]:
    """Within the block, importing these modules fails as if they were not installed. Those that are imported already
    stay as they are."""
    modules: dict[str, Any] = sys.modules
    kept = {name: modules.get(name) for name in names}
    for name in names:
        modules[name] = None  # Python's word for what cannot be imported (docs: importlib, the module cache)
    try:
        yield
    finally:
        for name, module in kept.items():
            if module is None:
                del modules[name]
            else:
                modules[name] = module
