"""The supervisor's hooks, with real sessions."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.tenants import write_tenant
from wabot.daemon.options import RunOptions
from wabot.daemon.restart import Policy
from wabot.daemon.runner import Runner
from wabot.daemon.standing import Standing
from wabot.daemon.supervisor import Supervisor


async def test_news_and_alarms_reach_whoever_listens_and_a_listener_that_fails_costs_nothing(tmp_path: Path) -> None:
    write_tenant(tmp_path / "rules" / "warung")
    write_tenant(tmp_path / "rules" / "toko")
    (tmp_path / "data" / "toko" / "lock").mkdir(parents=True)
    (tmp_path / "sim").mkdir()
    (tmp_path / "sim" / "warung.in.jsonl").touch()
    heard: list[tuple[str, str, Mapping[str, Any]]] = []
    alarms: list[tuple[str, Standing]] = []
    connected, parked = asyncio.Event(), asyncio.Event()

    def hear(tenant: str, kind: str, news: Mapping[str, Any]) -> None:
        heard.append((tenant, kind, news))
        if news.get("status") == "connected":
            connected.set()
        raise RuntimeError("a listener with a bug")

    def alarm(tenant: str, standing: Standing) -> None:
        alarms.append((tenant, standing))
        parked.set()
        raise RuntimeError("an alarm with a bug")

    options = RunOptions(channel="simulator", sim=str(tmp_path / "sim"))
    supervisor = Supervisor(tmp_path / "rules", tmp_path / "data", options, Policy(first=20), hear, alarm)
    running = asyncio.create_task(supervisor.run())
    await asyncio.wait_for(asyncio.gather(connected.wait(), parked.wait()), 60)
    supervisor.stop()
    assert await asyncio.wait_for(running, 60) == 0
    assert [(tenant, standing.status) for tenant, standing in alarms] == [("toko", "parked")]
    assert {tenant for tenant, kind, _ in heard if kind in ("beat", "state", "reload")} == {"warung"}
    assert ("toko", "standing") in {(tenant, kind) for tenant, kind, _ in heard}
    assert {"beat", "state", "reload"} <= {kind for _, kind, _ in heard}
    reload = next(news for _, kind, news in heard if kind == "reload")
    assert reload["ok"] and reload["revision"]
    states = [news["status"] for _, kind, news in heard if kind == "state"]
    assert states == ["starting", "connected", "stopped"]


async def test_a_look_for_sessions_that_hang_that_meets_a_bug_is_not_the_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tenant(tmp_path / "rules" / "warung")
    (tmp_path / "sim").mkdir()
    (tmp_path / "data").mkdir()
    looks, again = 0, asyncio.Event()

    def look(_runner: Runner) -> None:
        nonlocal looks
        looks += 1
        if looks == 1:
            raise ValueError("a session nobody has thought of")
        again.set()

    monkeypatch.setattr(Runner, "look", look)
    options = RunOptions(channel="simulator", sim=str(tmp_path / "sim"))
    supervisor = Supervisor(tmp_path / "rules", tmp_path / "data", options, Policy(silence=100))
    running = asyncio.create_task(supervisor.run())
    await asyncio.wait_for(again.wait(), 30)
    supervisor.stop()
    assert await asyncio.wait_for(running, 60) == 0


async def test_a_tenant_whose_folder_is_renamed_goes_on_under_the_new_name_and_is_refused_nothing(
    tmp_path: Path,
) -> None:
    folder = write_tenant(tmp_path / "rules" / "warung")
    (tmp_path / "data").mkdir()
    (tmp_path / "sim").mkdir()
    for name in ("warung", "kedai"):
        (tmp_path / "sim" / f"{name}.in.jsonl").touch()
    standings: list[tuple[str, str]] = []
    connected = {"warung": asyncio.Event(), "kedai": asyncio.Event()}

    def hear(tenant: str, kind: str, news: Mapping[str, Any]) -> None:
        if kind == "standing":
            standings.append((tenant, news["status"]))
        if kind == "state" and news["status"] == "connected":
            connected[tenant].set()

    options = RunOptions(channel="simulator", sim=str(tmp_path / "sim"))
    supervisor = Supervisor(tmp_path / "rules", tmp_path / "data", options, Policy(first=20), hear)
    running = asyncio.create_task(supervisor.run())
    await asyncio.wait_for(connected["warung"].wait(), 60)
    folder.rename(folder.with_name("kedai"))
    await asyncio.wait_for(connected["kedai"].wait(), 60)
    supervisor.stop()
    assert await asyncio.wait_for(running, 60) == 0
    assert standings == []
