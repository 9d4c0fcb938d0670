"""What keeps one tenant's session running, with real sessions."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.tenants import write_tenant
from wabot.daemon.options import RunOptions
from wabot.daemon.restart import DONE, Policy
from wabot.daemon.runner import Household, Runner

BANNED = '{"state": "banned", "detail": "until tomorrow", "action": "Wait until then."}\n'


def runner(tmp_path: Path, heard: Callable[[str, Mapping[str, Any]], None]) -> Runner:
    (tmp_path / "data").mkdir()
    (tmp_path / "sim").mkdir()
    shared = Household(
        tmp_path / "data",
        RunOptions(channel="simulator", sim=str(tmp_path / "sim")),
        Policy(first=200),
        lambda _tenant, kind, news: heard(kind, news),
        alarm=lambda _tenant, _standing: None,
        changed=lambda: None,
        may_run=lambda _tenant: True,
    )
    return Runner("warung", write_tenant(tmp_path / "rules" / "warung"), shared)


async def test_a_stop_while_a_session_waits_for_a_person_is_a_clean_one(tmp_path: Path) -> None:
    def hear(kind: str, news: Mapping[str, Any]) -> None:
        if kind == "state" and news["status"] == "banned":  # it ends for that; what it told last is heard before
            one.stop()

    one = runner(tmp_path, hear)
    (tmp_path / "sim" / "warung.in.jsonl").write_text(BANNED)
    assert await asyncio.wait_for(one.run(), 60) == DONE


async def test_a_wish_for_a_new_session_while_none_runs_does_not_forgive_the_next_crash(tmp_path: Path) -> None:
    waits, again = asyncio.Event(), asyncio.Event()
    told: list[str] = []

    def hear(kind: str, news: Mapping[str, Any]) -> None:
        told.append(kind)
        if kind == "standing" and news["status"] == "restarting":
            (again if waits.is_set() else waits).set()

    one = runner(tmp_path, hear)
    (tmp_path / "data" / "warung" / "lock").mkdir(parents=True)  # each session crashes over it
    running = asyncio.create_task(one.run())
    await asyncio.wait_for(waits.wait(), 60)
    one.anew("its number is free now")
    await asyncio.wait_for(again.wait(), 60)
    one.stop()
    assert told.count("started") == 2, "the second crash was taken for the wish, and waited for nothing"
    await asyncio.wait_for(running, 60)


async def test_a_wish_for_a_new_session_while_one_is_born_is_obeyed_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = asyncio.Semaphore(0)
    told: list[str] = []

    def hear(kind: str, news: Mapping[str, Any]) -> None:
        told.append(kind)
        if kind == "started":
            started.release()
            if told.count("started") == 1:  # the runner does not have it yet
                one.anew("its number has changed")

    monkeypatch.setattr("wabot.daemon.runner.PATIENCE", 3_600.0)  # or it would be killed in the end
    one = runner(tmp_path, hear)
    running = asyncio.create_task(one.run())
    for _ in range(2):
        await asyncio.wait_for(started.acquire(), 60)
    one.stop()
    assert await asyncio.wait_for(running, 60) == DONE
