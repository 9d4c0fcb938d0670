"""A disk that is full, and a database that somebody holds: the daemon waits, says so, and goes on by itself."""

import asyncio
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.acceptance.daemon import PATIENCE, Daemon, eventually
from tests.acceptance.small_disk import fill, small_disk
from wabot.store.sqlite import open_store

LONG = "jam buka? " + "x" * 30_000


def answered(daemon: Daemon) -> Counter[str]:
    """How often each customer was answered."""
    return Counter(line["to"] for line in daemon.lines() if "text" in line)


def customer(number: int) -> str:
    return f"62812{number:08}"


def undecided(daemon: Daemon) -> int:
    connection = sqlite3.connect(f"file:{daemon.data}/warung/wabot.db?mode=ro", uri=True)
    try:
        (count,) = connection.execute("SELECT COUNT(*) FROM inbound_journal WHERE decided_at IS NULL").fetchone()
        return int(count)
    finally:
        connection.close()


def test_a_full_disk_stops_nobody_and_everything_is_answered_once_when_there_is_room_again(
    daemon: Daemon, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with small_disk(request, tmp_path / "disk", megabytes=32) as disk:
        if disk is None:
            return
        daemon.data = disk / "data"
        daemon.tenant(delay="0s", max_per_minute="600")
        daemon.start()
        daemon.connected()
        daemon.say("jam buka?", sender=customer(0))
        eventually(lambda: len(answered(daemon)) == 1, "the first customer is answered")
        filler = fill(disk)
        session = daemon.children()["warung"]
        for sent in range(1, 30):
            daemon.say(LONG, sender=customer(sent))
            daemon.say("terima kasih", sender=customer(sent))
        eventually(lambda: "the disk is full or failing" in daemon.told(), "the disk is full")
        eventually(lambda: "waits for the store" in daemon.told(), "the log says what is wrong")
        status = daemon.status()
        assert status["troubles"], "and so does the status"
        assert "full" in status["troubles"][0]
        assert daemon.children() == {"warung": session}, "it is the same process"
        daemon.kill()  # while the disk is full: the next one waits as well
        eventually(lambda: daemon.children().get("warung", session) != session, "it is started again")
        daemon.say("jam buka?", sender=customer(30))
        filler.unlink()
        eventually(
            lambda: set(answered(daemon)) >= {customer(number) for number in range(31)},
            "all are answered",
        )
        eventually(lambda: undecided(daemon) == 0, "everything is decided")
        assert set(answered(daemon).values()) == {1}
        assert not daemon.status()["troubles"]
        assert daemon.told().count("session started") == 2, "nothing died but what was killed"
        assert daemon.stop() == 0


def test_a_database_held_by_another_process_is_waited_for_by_a_session_that_runs_and_by_one_that_starts(
    daemon: Daemon,
) -> None:
    daemon.tenant(delay="0s")
    daemon.start()
    daemon.connected()
    holder = sqlite3.connect(daemon.data / "warung" / "wabot.db", isolation_level=None)
    stored = "SELECT 1 FROM sessions WHERE status = 'connected'"
    eventually(lambda: holder.execute(stored).fetchone(), "the session has written down that it is connected")
    holder.execute("BEGIN IMMEDIATE")
    daemon.say("jam buka?")
    end = time.monotonic() + PATIENCE
    while "a message waits for the store" not in (told := daemon.told()):
        assert time.monotonic() < end, f"the log does not say what is wrong: {told}"
        time.sleep(0.05)
    assert "database is locked" in daemon.told()
    daemon.kill()
    eventually(lambda: "the session waits for its store" in daemon.told(), "the next session waits as well")
    holder.execute("ROLLBACK")
    holder.close()
    daemon.say("jam buka?", sender=customer(2))
    eventually(lambda: len(answered(daemon)) == 2, f"both are answered: {daemon.told()}")
    assert set(answered(daemon).values()) == {1}
    assert daemon.told().count("session started") == 2, "nothing died but what was killed"
    assert daemon.stop() == 0


def test_a_session_that_waits_for_its_store_still_stops_when_told_to(daemon: Daemon) -> None:
    daemon.tenant(delay="0s")
    daemon.start()
    daemon.connected()
    holder = sqlite3.connect(daemon.data / "warung" / "wabot.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    daemon.kill()
    eventually(lambda: daemon.told().count("session started") == 2, "it is started again")
    assert daemon.stop() == 0
    holder.close()


def test_a_restore_for_which_there_is_no_room_says_so_and_changes_nothing(
    daemon: Daemon, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with small_disk(request, tmp_path / "disk", megabytes=4) as disk:
        if disk is None:
            return
        asyncio.run(open_store(daemon.data / "warung", "warung").close())
        (made,) = daemon.wabot("backup", "--output", str(tmp_path / "safe"))["backups"]
        command = [sys.executable, "-m", "wabot", "restore", made["file"], "--data", str(disk / "data")]
        said = subprocess.run(command, capture_output=True, text=True, check=False)
        assert said.returncode == 3
        told = r"has no room: \d\d MB are needed, 4 MB are free\. Free some space\. Nothing was changed\."
        assert re.search(told, said.stderr), said.stderr
        assert not list(disk.iterdir())
        fill(disk)
        daemon.data = disk
        command = [sys.executable, "-m", "wabot", "backup", "--data", str(tmp_path / "data"), "--output", str(disk)]
        said = subprocess.run(command, capture_output=True, text=True, check=False)
        assert said.returncode == 3
        assert "No space left on device. Nothing was written." in said.stderr
        assert [entry.name for entry in disk.iterdir()] == ["filler"]


def test_linking_a_phone_and_looking_at_sessions_say_of_a_full_disk_that_it_is_full(
    request: pytest.FixtureRequest, daemon: Daemon, tmp_path: Path
) -> None:
    with small_disk(request, tmp_path / "disk", megabytes=8) as disk:
        if disk is None:
            return
        daemon.data = disk / "data"
        daemon.tenant()
        daemon.tenant("toko")
        daemon.start()
        daemon.connected()
        daemon.connected("toko")
        assert daemon.stop() == 0
        shutil.rmtree(daemon.data / "toko")
        fill(disk)
        nowhere = {"WABOT_WHATSAPP_PROXY": "http://127.0.0.1:9"}
        rules = str(daemon.rules)
        for words in (["sessions"], ["pair", "warung", "--rules", rules], ["pair", "toko", "--rules", rules]):
            command = [sys.executable, "-m", "wabot", *words, "--data", str(daemon.data)]
            said = subprocess.run(
                command, capture_output=True, text=True, timeout=60, check=False, env=os.environ | nowhere
            )
            assert said.returncode == 3
            assert "the disk is full. Free some space" in said.stdout + said.stderr, said
            assert "Errno" not in said.stdout + said.stderr
            assert "I/O" not in said.stdout + said.stderr
