"""The phone sends its history once: it waits on disk until it is imported, whatever dies meanwhile."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from neonize.proto import Neonize_pb2 as wire

from tests.channel.test_neonize_history import OWN, chat, said, sync
from wabot.channel.neonize import importing
from wabot.channel.neonize.addresses import Addresses
from wabot.channel.neonize.history import read_history
from wabot.channel.neonize.importing import Importer
from wabot.model.errors import StoreError
from wabot.model.history import History
from wabot.store.sqlite import erase, open_store


class Heard:
    """An inbox that only listens to the history, and holds it up while `holds` is set."""

    def __init__(self) -> None:
        self.parts: list[History] = []
        self.open = asyncio.Event()
        self.open.set()

    async def history(self, part: History) -> None:
        await self.open.wait()
        self.parts.append(part)

    async def states(self, *wanted: str) -> None:
        for _ in range(1_000):
            if [part.state for part in self.parts] == list(wanted):
                return
            await asyncio.sleep(0.01)
        raise AssertionError(self.parts)


def heard(*chats: Any, progress: int = 50) -> Any:
    return wire.HistorySync(Data=sync(*chats, progress=progress))


async def test_nothing_is_kept_or_handed_on_before_it_is_certain_whose_history_it_is(tmp_path: Path) -> None:
    inbox: Any = Heard()
    importer = Importer(Addresses(), OWN, tmp_path / "history")
    importer.hear(heard(chat(said("1"))))
    await asyncio.sleep(0.02)
    assert (inbox.parts, (tmp_path / "history").exists()) == ([], False)
    importer.start(inbox)
    importer.hear(heard(progress=100))
    await inbox.states("part", "done")
    await importer.stop()
    assert list((tmp_path / "history").iterdir()) == []


async def test_what_a_process_left_is_handed_on_by_the_next_one_and_who_is_in_it_waits(tmp_path: Path) -> None:
    inbox: Any = Heard()
    inbox.open.clear()
    first = Importer(Addresses(), OWN, tmp_path / "history")
    first.start(inbox)
    for number in range(3):
        first.hear(heard(chat(said(str(number))), progress=100 if number == 2 else 50))
    while len(list(tmp_path.glob("history/*.sync"))) < 3:
        await asyncio.sleep(0.01)
    await first.stop()
    assert inbox.parts == []
    assert {file.stat().st_mode & 0o777 for file in tmp_path.glob("history/*")} == {0o600}
    inbox.open.set()
    second = Importer(Addresses(), OWN, tmp_path / "history")
    second.start(inbox)
    await inbox.states("pending", "part", "part", "part", "done")
    assert [part.messages[0].id for part in inbox.parts if part.messages] == ["0", "1", "2"]
    await second.stop()


async def test_one_that_cannot_be_read_is_set_aside_and_the_others_go_on(tmp_path: Path) -> None:
    (tmp_path / "000001.sync").write_bytes(b"\xff\xff\xff")
    (tmp_path / "new.part").write_bytes(b"half")
    inbox: Any = Heard()
    importer = Importer(Addresses(), OWN, tmp_path)
    importer.start(inbox)
    importer.hear(heard(chat(said("1"))))
    await inbox.states("pending", "part", "part")
    await importer.stop()
    assert [part.unread for part in inbox.parts] == ["", "000001.damaged", ""]
    assert [file.name for file in tmp_path.glob("*.damaged")] == ["000001.damaged"]


async def test_a_customer_is_not_forgotten_while_the_history_would_bring_them_back(tmp_path: Path) -> None:
    await open_store(tmp_path, "warung").close()
    (tmp_path / "history").mkdir()
    (tmp_path / "history" / "000001.sync").write_bytes(b"")
    with pytest.raises(StoreError, match="not imported yet"):
        erase(tmp_path, "warung", "628")


async def test_one_that_is_read_by_a_bug_is_set_aside_and_does_not_keep_anybody_from_being_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = read_history, 0

    def read(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise ValueError("a chat nobody has thought of")
        return real(*arguments)

    monkeypatch.setattr(importing, "read_history", read)
    await open_store(tmp_path, "warung").close()
    inbox: Any = Heard()
    importer = Importer(Addresses(), OWN, tmp_path / "history")
    importer.start(inbox)
    importer.hear(heard(chat(said("1"))))
    importer.hear(heard(chat(said("2"))))
    await inbox.states("part", "part")
    await importer.stop()
    assert [message.id for part in inbox.parts for message in part.messages] == ["2"]
    assert not erase(tmp_path, "warung", "628").chats


async def test_the_disk_that_gives_no_file_holds_up_the_others_for_three_tries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "_AGAIN", 0.01)
    (tmp_path / "000001.sync").mkdir()  # reading it is an OSError, for root as well
    inbox: Any = Heard()
    importer = Importer(Addresses(), OWN, tmp_path)
    importer.start(inbox)
    importer.hear(heard(chat(said("1"))))
    await inbox.states("pending", "part", "part")
    await importer.stop()
    assert [message.id for part in inbox.parts for message in part.messages] == ["1"]


async def test_a_disk_that_fails_once_after_a_sync_was_set_aside_costs_no_other_sync(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "_AGAIN", 0.01)
    (tmp_path / "000001.sync").mkdir()
    (tmp_path / "000002.sync").write_bytes(sync(chat(said("2"))).SerializePartialToString())
    real, failed = Path.read_bytes, list[str]()

    def read(file: Path) -> bytes:
        if file.name == "000002.sync" and not failed:
            failed.append(file.name)
            raise OSError
        return real(file)

    monkeypatch.setattr(Path, "read_bytes", read)
    inbox: Any = Heard()
    importer = Importer(Addresses(), OWN, tmp_path)
    importer.start(inbox)
    await inbox.states("pending", "part", "part")
    await importer.stop()
    assert failed
    assert [part.unread for part in inbox.parts] == ["", "000001.damaged", ""]
    assert [message.id for part in inbox.parts for message in part.messages] == ["2"]
