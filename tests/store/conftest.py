from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.blank import lay
from wabot.store.sqlite import SqliteStore, open_store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "warung"


@pytest.fixture
async def store(folder: Path) -> AsyncIterator[SqliteStore]:
    opened = open_store(lay(folder), "warung")
    yield opened
    await opened.close()
