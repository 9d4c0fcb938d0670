"""What keeps one tenant's session running, with real sessions."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

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
