"""The rules that are live: real files, a real watcher."""

import asyncio
from contextlib import suppress
from pathlib import Path

from tests.session.stage import JAM
from tests.tenants import rules, write_tenant
from wabot.model.session import Reload
from wabot.session.clock import RealClock
from wabot.session.live import LiveRules
from wabot.session.report import Mute


async def test_a_change_before_the_watcher_stands_is_not_missed(tmp_path: Path) -> None:
    folder = write_tenant(tmp_path / "warung", rules(JAM))
    outcomes: asyncio.Queue[Reload] = asyncio.Queue()
    live = LiveRules(folder, tmp_path / "data", RealClock(), Mute(), outcomes.put)
    assert await live.load()
    first = (await outcomes.get()).revision
    (folder / "rules.yaml").write_text(rules(JAM.replace("buka kak", "tutup kak"))["rules.yaml"])
    watching = asyncio.create_task(live.watch())
    assert (await asyncio.wait_for(outcomes.get(), 30)).revision != first
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching


async def test_a_watcher_that_finds_all_as_it_was_reads_nothing_again(tmp_path: Path) -> None:
    folder = write_tenant(tmp_path / "warung", rules(JAM))
    outcomes: asyncio.Queue[Reload] = asyncio.Queue()
    live = LiveRules(folder, tmp_path / "data", RealClock(), Mute(), outcomes.put)
    assert await live.load()
    await outcomes.get()
    watching = asyncio.create_task(live.watch())
    await asyncio.sleep(1.5)  # the watcher has looked once
    assert outcomes.empty()
    (folder / "rules.yaml").touch()
    await asyncio.wait_for(outcomes.get(), 30)
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
