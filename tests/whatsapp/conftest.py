"""What these tests share; tests elsewhere that need it import it into their own conftest in the same way."""

from tests.whatsapp.fixtures import (
    linked,
    live,
    memory_folder,
    paired_once,
    pairs,
    place,
    pytest_pycollect_makemodule,
    shared_shop,
    shop,
    whatsapp,
)

__all__ = [
    "linked",
    "live",
    "memory_folder",
    "paired_once",
    "pairs",
    "place",
    "pytest_pycollect_makemodule",
    "shared_shop",
    "shop",
    "whatsapp",
]
