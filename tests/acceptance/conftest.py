from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.daemon import Daemon


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    made = Daemon(tmp_path)
    yield made
    made.end()
