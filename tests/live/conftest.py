"""Shops that answer, one for a test or one for all tests of a module."""

import asyncio
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
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
    whatsapp,
)
from tests.whatsapp.wire.library import WHY_NOT

if not WHY_NOT:
    from tests.whatsapp.live import Live
    from tests.whatsapp.paired import Paired, Pairs
    from tests.whatsapp.shop import Shop
    from tests.whatsapp.whatsapp import WhatsApp

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

RULES = """\
  - id: jam-buka
    trigger: {type: keyword, keywords: [jam buka]}
    response: Kami buka tiap hari kak.
  - id: salam
    trigger: {type: keyword, keywords: [halo], match: word}
    response: "Halo kak {{ first_name }}, ada yang bisa dibantu?"
  - id: nomor
    trigger: {type: pattern, regex: 'nomor (?P<n>\\d+)'}
    response: "Nomor {{ match.n }} siap kak."
  - id: pelan
    trigger: {type: keyword, keywords: [pelan]}
    delay: 2s
    response: Pelan tapi pasti kak.
"""


@pytest.fixture(scope="session")
def paired_too(pairs: "Pairs") -> "Paired":
    """The number of the tenant "toko", linked to a key store."""
    with ThreadPoolExecutor(1) as thread:  # a thread, for an event loop of its own
        return thread.submit(asyncio.run, pairs.of("toko")).result()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def open_shop(memory_folder: Path, paired_once: "Paired") -> "AsyncIterator[Shop]":
    """A shop for all tests of a module, each with customers of its own: `pytestmark =
    pytest.mark.asyncio(loop_scope="module")`. It may send 600 messages a minute."""
    folder = Path(tempfile.mkdtemp(dir=memory_folder))
    async with WhatsApp() as running:
        daemon = Live(running, folder)
        phone = daemon.phone(paired_once)
        daemon.tenant("warung", RULES, max_per_minute="600")
        await daemon.start()
        await phone.connected()
        yield Shop(daemon, phone)
        await daemon.end()
        sys.stderr.write(daemon.said())
    shutil.rmtree(folder, ignore_errors=True)
