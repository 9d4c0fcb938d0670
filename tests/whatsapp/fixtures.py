"""A server for each test, a key store that is paired once, and a shop that answers."""

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NoReturn

import pytest
import pytest_asyncio

from tests.whatsapp.memory import in_memory
from tests.whatsapp.wire.library import WHY_NOT

if not WHY_NOT:
    from tests.whatsapp.bare.client import Client, Linked
    from tests.whatsapp.live import RULES, Live
    from tests.whatsapp.paired import Paired, Pairs
    from tests.whatsapp.people.phone import Phone
    from tests.whatsapp.shop import Shop
    from tests.whatsapp.whatsapp import WhatsApp


class Elsewhere(pytest.Module):
    """A module of tests that is not even imported."""

    def collect(self) -> NoReturn:
        pytest.skip(WHY_NOT, allow_module_level=True)


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Where there can be no WhatsApp server, each module beside a conftest with this is skipped and says why."""
    if not WHY_NOT or module_path.name == "test_elsewhere.py":
        return None
    module: pytest.Module = Elsewhere.from_parent(parent, path=module_path)
    return module


@pytest.fixture(scope="session")
def memory_folder() -> Iterator[Path]:
    """A folder in memory, where there is one: the library syncs its key store at every step."""
    with in_memory() as folder:
        yield folder


@pytest.fixture(scope="session")
def pairs(memory_folder: Path) -> "Pairs":
    """A key store for each tenant's number, linked when it is first asked for."""
    return Pairs(memory_folder / "paired")


@pytest.fixture(scope="session")
def paired_once(pairs: "Pairs") -> "Paired":
    """The number of the tenant "warung", linked to a key store."""
    return pairs.at_once("warung")


@pytest.fixture
async def whatsapp() -> "AsyncIterator[WhatsApp]":
    async with WhatsApp() as running:
        yield running


@pytest.fixture
def place(memory_folder: Path) -> Iterator[Path]:
    """A folder for one test's key stores and databases."""
    with in_memory(memory_folder) as folder:
        yield folder


@pytest.fixture
async def live(whatsapp: "WhatsApp", place: Path) -> "AsyncIterator[Live]":
    """A daemon that has yet to be started, without tenants."""
    daemon = Live(whatsapp, place)
    yield daemon
    await daemon.end()
    sys.stderr.write(daemon.said())  # shown when the test has failed


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def linked(memory_folder: Path, paired_once: "Paired") -> "AsyncIterator[Linked]":
    """A bare client, logged in, for all tests of a module: `pytestmark = pytest.mark.asyncio(loop_scope="module")`."""
    with in_memory(memory_folder) as folder:
        paired_once.copy_to(folder / "keys.db")
        async with WhatsApp() as running:
            phone = paired_once.on(running)
            client = await Client.start(running, folder / "keys.db")
            await client.tells("Connected")
            yield Linked(running, phone, client)
            await client.end()


@pytest.fixture
async def shop(live: "Live", paired_once: "Paired") -> "Shop":
    """`wabot run` with one tenant, connected."""
    phone: Phone = live.phone(paired_once)
    live.tenant()
    await live.start()
    await phone.connected()
    return Shop(live, phone)


@asynccontextmanager
async def shop_of_a_module(folder: Path, paired: "Paired", rules: str, max_per_minute: str) -> "AsyncIterator[Shop]":
    """A `shop` with these rules, in this folder, for all tests of a module."""
    async with WhatsApp() as running:
        daemon = Live(running, folder)
        try:
            phone = daemon.phone(paired)
            daemon.tenant("warung", rules, max_per_minute=max_per_minute)
            await daemon.start()
            await phone.connected()
            yield Shop(daemon, phone)
        finally:
            await daemon.end()
            sys.stderr.write(daemon.said())


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def shared_shop(memory_folder: Path, paired_once: "Paired") -> "AsyncIterator[Shop]":
    """A `shop` for all tests of a module, each with customers of its own. It may write more a minute. See `linked`."""
    with in_memory(memory_folder) as folder:
        async with shop_of_a_module(folder, paired_once, RULES, "60") as opened:
            yield opened
