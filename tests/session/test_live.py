"""The rules that are live: real files, a real watcher."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import watchfiles

from tests.session.stage import JAM, Told
from tests.tenants import rules, write_tenant
from wabot.model.session import Reload
from wabot.session.clock import RealClock
from wabot.session.live import LiveRules
from wabot.session.report import Mute


class Noted(Mute):
    """Keeps the notes."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, event: str, *, level: str = "info", **details: object) -> None:
        self.notes.append(event)


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


def _used_up(*_places: Any, **_options: Any) -> Any:
    raise OSError(24, "Too many open files")


async def test_without_inotify_changes_are_found_by_looking_and_that_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Told()
    monkeypatch.setattr(watchfiles, "awatch", _used_up)
    monkeypatch.setattr("wabot.session.live.BLIND", 0.02)
    folder = write_tenant(tmp_path / "warung", rules(JAM))
    outcomes: asyncio.Queue[Reload] = asyncio.Queue()
    live = LiveRules(folder, tmp_path / "data", RealClock(), told, outcomes.put)
    assert await live.load()
    first = (await outcomes.get()).revision
    watching = asyncio.create_task(live.watch())
    await asyncio.sleep(0.2)
    assert outcomes.empty()
    (folder / "rules.yaml").write_text(rules(JAM.replace("buka kak", "tutup kak"))["rules.yaml"])
    assert (await asyncio.wait_for(outcomes.get(), 30)).revision != first
    assert [note for note in told.notes if "not told" in note] == [
        "changes of the rules are not told [Errno 24] Too many open files"
    ]
    monkeypatch.undo()
    while "changes of the rules are told again" not in told.notes:
        await asyncio.sleep(0.01)
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching


VARS = JAM + "  - {id: alamat, trigger: {type: keyword, keywords: [alamat]}, response: 'Di {{ vars.alamat }}'}\n"


async def test_a_file_that_cannot_be_read_is_told_before_what_follows_from_it(tmp_path: Path) -> None:
    broken = {
        "tenant.yaml": "id: [\n",
        "hours.yaml": "weekly: 7\n",
        **rules(VARS.replace("keywords: [jam", "words: [jam")),
    }
    folder = write_tenant(tmp_path / "warung", broken)
    outcomes: asyncio.Queue[Reload] = asyncio.Queue()
    assert not await LiveRules(folder, tmp_path / "data", RealClock(), Mute(), outcomes.put).load()
    assert "/tenant.yaml:" in (await outcomes.get()).detail


async def test_a_start_with_broken_rules_says_what_becomes_of_the_customers(tmp_path: Path) -> None:
    folder = write_tenant(tmp_path / "warung", rules(JAM))
    outcomes: asyncio.Queue[Reload] = asyncio.Queue()
    assert await LiveRules(folder, tmp_path / "data", RealClock(), Mute(), outcomes.put).load()
    (folder / "tenant.yaml").write_text("id: [\n")

    async def notes() -> str:
        report = Noted()
        await LiveRules(folder, tmp_path / "data", RealClock(), report, outcomes.put).load()
        return "\n".join(report.notes)

    said = await notes()
    assert "running on the last sound rules" in said and "nobody is answered" not in said
    (tmp_path / "data" / "rules.good" / "warung" / "tenant.yaml").write_text("id: [\n")
    assert "nobody is answered until they are mended" in (await notes()).splitlines()[-1]
