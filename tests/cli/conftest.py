import asyncio
from pathlib import Path

import pytest

from tests.cli.shop_week import days
from tests.cli.typed import Orders, Typed
from tests.session.people import RULES
from tests.session.stage import ANI, stage
from tests.tenants import write_tenant

QUICK = """\
version: 1
quick_replies:
  - {shortcut: /salam, title: Salam, message: "Halo kak {{ first_name }}, ada yang bisa dibantu?"}
  - {shortcut: /garansi, title: Garansi, message: Garansi 30 hari kak., operators: [dedi@warung.id]}
"""


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


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    """Budi has called a person, Ani has not; the shop wrote to Citra, who never wrote."""
    place = tmp_path / "stored"
    tenant = {"teams": "[teknis]", "handoff": "{assign: least_busy, pause: 1h}"}
    folder = tmp_path / "rules" / "warung"
    folder.mkdir(parents=True)
    (folder / "quick-replies.yaml").write_text(QUICK)
    async with stage(tmp_path, RULES, tenant=tenant) as shop:
        await shop.say("admin dong")
        await shop.say("halo", ANI, name="Ani")
        await shop.say("Halo kak", "6281200000003", from_me=True)
    place.mkdir()
    return (tmp_path / "data").rename(place / "warung").parent


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the shop of shop_week.py; no test changes it."""
    return asyncio.run(days(tmp_path_factory.mktemp("shop")))


@pytest.fixture
def order(wabot: Typed, data: Path) -> Orders:
    return Orders(wabot, data)
