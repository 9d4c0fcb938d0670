"""Shops that answer, one for a test or one for all tests of a module."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.whatsapp.fixtures import (
    live,
    memory_folder,
    paired_once,
    pairs,
    place,
    pytest_pycollect_makemodule,
    shop,
    shop_of_a_module,
    whatsapp,
)
from tests.whatsapp.memory import in_memory
from tests.whatsapp.wire.library import WHY_NOT

if not WHY_NOT:
    from tests.live.rules import RULES
    from tests.whatsapp.paired import Paired, Pairs
    from tests.whatsapp.shop import Shop

__all__ = [
    "live",
    "memory_folder",
    "open_shop",
    "paired_once",
    "paired_too",
    "pairs",
    "place",
    "pytest_pycollect_makemodule",
    "shop",
    "whatsapp",
]


@pytest.fixture(scope="session")
def paired_too(pairs: "Pairs") -> "Paired":
    """The number of the tenant "toko", linked to a key store."""
    return pairs.at_once("toko")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def open_shop(memory_folder: Path, paired_once: "Paired") -> "AsyncIterator[Shop]":
    """A shop for all tests of a module, each with customers of its own: `pytestmark =
    pytest.mark.asyncio(loop_scope="module")`. It may send 600 messages a minute."""
    with in_memory(memory_folder) as folder:
        async with shop_of_a_module(folder, paired_once, RULES, "600") as opened:
            yield opened
