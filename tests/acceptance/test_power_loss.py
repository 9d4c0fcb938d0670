"""A power loss: what lies on the disk at any instant is whole, and holds everything that was acknowledged."""

import os
import shutil
import signal
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

from tests.acceptance.daemon import Daemon, eventually

CUSTOMERS = 400


def committed(file: Path) -> tuple[set[str], set[str]]:
    """The messages in the journal, and the replies that were sent, as another process sees them."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        connection.execute("BEGIN")
        journal = {id for (id,) in connection.execute("SELECT message_id FROM inbound_journal")}
        sent = {id for (id,) in connection.execute("SELECT id FROM outbox WHERE status = 'sent'")}
    return journal, sent


def test_what_lies_on_the_disk_at_any_instant_is_whole_and_lacks_nothing_that_was_acknowledged(
    daemon: Daemon, tmp_path: Path
) -> None:
    daemon.tenant(delay="0s", max_per_minute="600")
    daemon.start()
    daemon.connected()
    file = daemon.data / "warung" / "wabot.db"
    copies = []
    for number in range(CUSTOMERS):
        daemon.say("jam buka?", sender=f"62812{number:08}")
        if number % 80 == 79:
            eventually(partial(under_way, daemon, number // 3), "the work is under way")
            copies.append(power_loss(daemon, file, tmp_path / f"copy-{number}"))
    for copy, (journal, sent), replies in copies:
        with closing(sqlite3.connect(copy / "data" / "warung" / "wabot.db")) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        kept, kept_sent = committed(copy / "data" / "warung" / "wabot.db")
        assert journal <= kept
        assert sent <= kept_sent
        with closing(sqlite3.connect(copy / "data" / "warung" / "wabot.db")) as connection:
            ours = {id for (id,) in connection.execute("SELECT id FROM outbox")}
            twice = connection.execute("SELECT chat FROM outbox GROUP BY chat HAVING COUNT(*) > 1").fetchall()
        assert replies <= ours, "what went out was written down before"
        assert not twice
    assert daemon.stop() == 0
    goes_on_after(daemon, copies[-2][0])


def under_way(daemon: Daemon, replies: int) -> bool:
    return len(daemon.replies()) > replies


def power_loss(daemon: Daemon, file: Path, place: Path) -> tuple[Path, tuple[set[str], set[str]], set[str]]:
    """The disk as it is at one instant, what was acknowledged before it, and the replies that had gone out."""
    acknowledged = committed(file)
    session = daemon.children()["warung"]
    os.kill(session, signal.SIGSTOP)
    try:
        # Nothing lies in a socket.
        shutil.copytree(daemon.data, place / "data", ignore=shutil.ignore_patterns("*.sock"))
        shutil.copytree(daemon.sim, place / "sim")
    finally:
        os.kill(session, signal.SIGCONT)
    # Shared memory is no file on a disk: it is not there after a power loss.
    (place / "data" / "warung" / "wabot.db-shm").unlink()
    lines = (place / "sim" / "warung.out.jsonl").read_bytes().splitlines(keepends=True)
    replies = {line.split(b'"id": "')[1].split(b'"')[0].decode() for line in lines if b'"rule"' in line}
    return place, acknowledged, replies


def goes_on_after(daemon: Daemon, copy: Path) -> None:
    """The daemon on such a disk answers everybody once, but whom it was just answering: of those nobody knows."""
    daemon.data, daemon.sim = copy / "data", copy / "sim"
    written = len([line for line in (daemon.sim / "warung.in.jsonl").read_text().splitlines() if line])
    assert daemon.start("--until-idle").wait(60) == 0
    answered = [line["to"] for line in daemon.lines() if "text" in line]
    assert len(answered) == len(set(answered))
    assert len(answered) + daemon.status()["outbox"].get("unknown", 0) == written
