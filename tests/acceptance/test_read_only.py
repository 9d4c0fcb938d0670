"""A disk that cannot be written, really mounted so: each command says it in one sentence, and none crashes."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.small_disk import fill, small_disk
from tests.cli.typed import Typed
from tests.session.stage import JAM, stage
from tests.tenants import write_tenant


@pytest.fixture
def wabot(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Typed:
    return Typed(capsys, monkeypatch)


@pytest.fixture
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path | None]:
    with small_disk(request, tmp_path / "disk", 8) as place:
        yield place


def read_only(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)


async def test_commands_on_read_only_data_say_so_in_one_sentence(
    disk: Path | None, tmp_path: Path, wabot: Typed
) -> None:
    if disk is None:
        return
    async with stage(tmp_path / "stage", JAM) as shop:
        await shop.say("jam buka?")
    data = disk / "data"
    data.mkdir(mode=0o700)
    shutil.copytree(tmp_path / "stage" / "data", data / "warung")
    write_tenant(tmp_path / "rules" / "warung")
    for side in ("-wal", "-shm"):  # as a killed session leaves them
        (data / "warung" / f"wabot.db{side}").touch()
    read_only(disk)
    said = wabot("pause", "warung", "--data", data)
    assert said.code == 3
    assert "wabot.db cannot be " in said.err and "Check the owner and permissions" in said.err
    assert "Errno" not in said.err
    said = wabot("run", tmp_path / "rules", "--data", data, "--channel", "simulator", "--sim", tmp_path / "sim")
    assert said.code == 3
    assert said.err.startswith(f"wabot: {data}/supervisor.pid cannot be written: Read-only file system. Check ")
    assert len((said.out + said.err).splitlines()) == 1
    said = wabot(
        "run", tmp_path / "rules", "--data", tmp_path / "new", "--channel", "simulator", "--sim", data, "--until-idle"
    )
    assert said.code == 3
    assert said.err.startswith(f"wabot: {data}/warung.out.jsonl cannot be written. Check ")
    assert len((said.out + said.err).splitlines()) == 1


def test_a_daemon_that_is_started_on_a_full_disk_says_so(disk: Path | None, tmp_path: Path) -> None:
    if disk is None:
        return
    write_tenant(tmp_path / "rules" / "warung")
    fill(disk)
    # In a process of its own: a daemon that begins hands its settings on by this process's environment.
    command = [sys.executable, "-m", "wabot", "run", str(tmp_path / "rules"), "--data", str(disk)]
    command += ["--channel", "simulator", "--sim", str(tmp_path / "sim")]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert said.returncode == 3
    assert f"wabot: {disk}/supervisor.pid cannot be written: the disk is full. Free some space" in said.stderr
    assert "crashed" not in said.stdout + said.stderr
