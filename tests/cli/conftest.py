from pathlib import Path

import pytest

from tests.cli.typed import Typed
from tests.tenants import write_tenant


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place of the test's own for what wabot remembers, not that of whoever runs the tests."""
    place = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(place))
    return place / "wabot"


@pytest.fixture
def wabot(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Typed:
    return Typed(capsys, monkeypatch)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with two sound tenants in ./rules, and the shell standing in it."""
    for name in ("warung", "toko"):
        write_tenant(tmp_path / "rules" / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path
