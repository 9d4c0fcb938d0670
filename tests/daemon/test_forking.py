"""The process from which sessions are forked, and what the supervisor does about it, with real processes."""

import asyncio
import errno
import json
import os
import signal
import socket
import subprocess
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.tenants import write_tenant
from wabot.daemon import forking
from wabot.daemon.forking import Forked, Forking, Nursery, bury
from wabot.daemon.line import Listener
from wabot.daemon.options import RunOptions
from wabot.daemon.starting import Child, Order

WAIT = 60.0


@pytest.fixture
async def starter() -> AsyncIterator[Forking]:
    made = Forking("simulator")
    yield made
    await made.close()


class Shop:
    """A tenant whose sessions a starter makes."""

    def __init__(self, place: Path) -> None:
        self.folder, self.data = write_tenant(place / "rules" / "warung"), place / "data" / "warung"
        (place / "sim").mkdir()
        (place / "sim" / "warung.in.jsonl").touch()
        self.options = RunOptions(channel="simulator", sim=str(place / "sim"))

    async def session(self, starter: Forking) -> Child:
        """One that is connected."""
        connected = asyncio.Event()

        def hear(_tenant: str, kind: str, news: Mapping[str, Any]) -> None:
            if kind == "state" and news["status"] == "connected":
                connected.set()

        listener = Listener("warung", hear)
        child = await starter.start(Order(self.folder, self.data, self.options, listener.far_end))
        listener.born()
        await asyncio.wait_for(connected.wait(), WAIT)
        listener.close()
        return child


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


async def test_the_forking_process_has_the_library_s_python_modules_but_neither_threads_nor_go() -> None:
    nursery = await Nursery.start("neonize")
    try:
        place = Path(f"/proc/{nursery.process.pid}")
        mapped = (place / "maps").read_text()
        assert "google/_upb" in mapped and "PIL/_imaging" in mapped
        assert "neonize-" not in mapped
        assert len(list((place / "task").iterdir())) == 1
        assert (place / "comm").read_text() == "nursery\n"
    finally:
        await nursery.end()
    assert nursery.process.returncode == 0


async def test_how_a_forked_session_ends_is_told_exactly(starter: Forking, shop: Shop) -> None:
    child = await shop.session(starter)
    assert isinstance(child, Forked)
    assert child.returncode is None
    assert os.getpgid(child.pid) == child.pid
    child.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(child.wait(), WAIT) == child.returncode == 0
    with pytest.raises(ProcessLookupError):
        child.send_signal(signal.SIGTERM)
    child = await shop.session(starter)
    child.send_signal(signal.SIGKILL)
    assert await asyncio.wait_for(child.wait(), WAIT) == -signal.SIGKILL


async def test_a_session_that_is_forked_while_another_ends_does_not_keep_that_one_s_pipe_open(
    starter: Forking, shop: Shop, tmp_path: Path
) -> None:
    first = await shop.session(starter)
    (tmp_path / "other").mkdir()
    second = await Shop(tmp_path / "other").session(starter)
    assert isinstance(first, Forked)
    os.close(first._stdin)  # as by our death
    first._stdin = os.open(os.devnull, os.O_RDONLY)
    assert await asyncio.wait_for(first.wait(), WAIT) == 0
    assert second.returncode is None
    second.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(second.wait(), WAIT) == 0


async def test_a_forking_process_that_hangs_is_given_up_and_the_session_starts_all_the_same(
    starter: Forking, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await shop.session(starter)
    assert starter._nursery is not None
    hung = starter._nursery.process
    hung.send_signal(signal.SIGSTOP)
    first.send_signal(signal.SIGTERM)
    await asyncio.wait_for(first.wait(), WAIT)
    monkeypatch.setattr(forking, "_BIRTH", 0.2)
    monkeypatch.setattr(forking, "_END", 0.2)
    second = asyncio.create_task(shop.session(starter))
    assert await asyncio.wait_for(hung.wait(), WAIT) == -signal.SIGKILL
    monkeypatch.undo()
    child = await asyncio.wait_for(second, WAIT)
    child.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(child.wait(), WAIT) == 0


async def test_a_forking_process_that_dies_again_and_again_is_not_started_for_ever(
    starter: Forking, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forking, "_MODULE", "wabot.daemon.no_such_module")
    for _ in range(4):
        child = await shop.session(starter)
        assert not isinstance(child, Forked)
        child.send_signal(signal.SIGTERM)
        await asyncio.wait_for(child.wait(), WAIT)
    assert len(starter._starts) == 3


async def test_a_forking_process_that_hangs_while_it_imports_holds_up_one_start_and_no_others(
    starter: Forking, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forking, "_READY", 0.001)
    monkeypatch.setattr(forking, "_END", 0.1)
    for _ in range(2):
        child = await shop.session(starter)
        assert not isinstance(child, Forked)
        child.send_signal(signal.SIGTERM)
        await asyncio.wait_for(child.wait(), WAIT)
    assert len(starter._starts) == 1
    monkeypatch.undo()
    starter._plainly_until = 0  # as after ten minutes
    child = await shop.session(starter)
    assert isinstance(child, Forked)
    child.send_signal(signal.SIGTERM)
    await asyncio.wait_for(child.wait(), WAIT)


async def test_an_order_that_lost_a_descriptor_is_an_error_and_ends_nothing(shop: Shop) -> None:
    nursery = await Nursery.start("simulator")
    try:
        with Path(os.devnull).open() as only:
            order = {"words": [str(shop.folder), str(shop.data), shop.options.dump()]}
            socket.send_fds(nursery._near, [json.dumps(order).encode()], [only.fileno()])
            assert await nursery._answer(WAIT) == {"error": errno.EMFILE}
        assert nursery.process.returncode is None
    finally:
        await nursery.end()
    assert nursery.process.returncode == 0


async def test_orphans_are_buried_and_nobody_whom_another_waits_for(starter: Forking, shop: Shop) -> None:
    child = await shop.session(starter)  # from the first session on, orphans are ours
    shell = await asyncio.create_subprocess_exec("sh", "-c", "sleep 0.5 >&2 & echo $!", stdout=subprocess.PIPE)
    out, _ = await shell.communicate()
    orphan = Path(f"/proc/{int(out)}")
    assert orphan.exists()
    dead = 0
    async with asyncio.timeout(WAIT):
        while orphan.exists():
            dead = bury(dead, {child.pid})
            await asyncio.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    assert await asyncio.wait_for(child.wait(), WAIT) == -signal.SIGKILL
