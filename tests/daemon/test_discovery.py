"""Which tenants there are, as folders come and go; with a real watcher where files are watched."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import watchfiles

from tests.tenants import write_tenant
from wabot.daemon.discovery import Discovery


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    write_tenant(tmp_path / "rules" / "warung")
    return tmp_path / "rules"


def names(discovery: Discovery) -> set[str]:
    discovery.look()
    return set(discovery.tenants)


def test_a_new_folder_is_a_tenant_once_it_holds_a_tenant_yaml(rules: Path) -> None:
    discovery = Discovery(rules, rules.parent / "data")
    (rules / "toko").mkdir()
    (rules / "_shared").mkdir()
    assert names(discovery) == {"warung"}
    write_tenant(rules / "toko")
    assert names(discovery) == {"warung", "toko"}
    (rules / "toko" / "tenant.yaml").unlink()
    assert names(discovery) == {"warung", "toko"}, "its session says what is missing"


def test_a_folder_that_is_away_for_one_look_was_replaced_and_for_two_is_removed(rules: Path) -> None:
    write_tenant(rules / "toko")
    discovery = Discovery(rules, rules.parent / "data")
    for _ in range(2):
        away = (rules / "toko").rename(rules.parent / "away")
        assert names(discovery) == {"warung", "toko"}
        away.rename(rules / "toko")
        assert names(discovery) == {"warung", "toko"}
    (rules / "toko").rename(rules.parent / "away")
    assert names(discovery) == {"warung", "toko"}
    assert names(discovery) == {"warung"}


def test_a_folder_of_tenants_that_is_gone_says_nothing_about_them(rules: Path) -> None:
    discovery = Discovery(rules, rules.parent / "data")
    away = rules.rename(rules.parent / "away")
    for _ in range(3):
        assert names(discovery) == {"warung"}
    rules.write_text("no folder any more")
    assert names(discovery) == {"warung"}
    rules.unlink()
    away.rename(rules)
    (rules / "warung").rename(rules.parent / "warung")
    names(discovery)
    assert names(discovery) == set(), "an empty folder does"


def test_a_changed_file_belongs_to_the_tenant_in_whose_folder_it_is_also_behind_a_link(rules: Path) -> None:
    real = write_tenant(rules.parent / "elsewhere" / "kedai")
    (rules / "alias").symlink_to(real)
    discovery = Discovery(rules, rules.parent / "data")
    assert set(discovery.tenants) == {"warung", "kedai"}
    assert discovery.owner(rules / "warung" / "rules.yaml") == "warung"
    assert discovery.owner(real / "rules.yaml") == "kedai"
    assert discovery.owner(rules / "_shared" / "rules.yaml") is None


async def test_what_a_session_writes_below_the_rules_is_no_change_of_them(rules: Path) -> None:
    data = rules / "warung" / "data"
    data.mkdir()
    discovery = Discovery(rules, data)
    changes = discovery.changes()
    assert await asyncio.wait_for(anext(changes), 30) == set()  # the watcher stands
    (data / "wabot.db").write_text("x")
    seen = [await asyncio.wait_for(anext(changes), 30) for _ in range(2)]
    assert seen == [set(), set()]
    (rules / "warung" / "rules.yaml").touch()
    found: set[Path] = set()
    while not found:
        found = await asyncio.wait_for(anext(changes), 30)
    assert found == {rules / "warung" / "rules.yaml"}


async def test_without_inotify_tenants_and_changes_are_found_by_looking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def used_up(*_places: Any, **_options: Any) -> Any:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(watchfiles, "awatch", used_up)
    monkeypatch.setattr("wabot.daemon.discovery.BLIND", 0.02)
    one = write_tenant(tmp_path / "rules" / "satu")
    discovery = Discovery(tmp_path / "rules", tmp_path / "data")
    changes = discovery.changes()
    assert await anext(changes) == set()
    write_tenant(tmp_path / "rules" / "dua")
    await anext(changes)
    assert set(discovery.tenants) == {"satu", "dua"}
    assert await anext(changes) == set()
    (one / "rules.yaml").write_text("rules: []\n")
    assert {discovery.owner(file) for file in await anext(changes)} == {"satu"}
