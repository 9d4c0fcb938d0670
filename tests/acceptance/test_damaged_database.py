"""A damaged database: set aside, replaced, and said loudly; nobody has to come, and no other tenant notices."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.acceptance.daemon import Daemon, eventually


def garble(file: Path, first: int) -> None:
    """Overwrite every page from the one numbered `first` on."""
    with file.open("r+b") as opened:
        opened.seek(first * 4096)
        opened.write(b"\xa5" * (file.stat().st_size - first * 4096))


def test_a_file_damaged_while_nothing_ran_is_replaced_by_the_backup_and_the_other_tenant_notices_nothing(
    daemon: Daemon,
) -> None:
    daemon.tenant("warung", delay="0s")
    daemon.tenant("toko", delay="0s")
    daemon.start()
    daemon.connected("warung")
    daemon.connected("toko")
    daemon.say("jam buka?", sender="6281200000001")
    eventually(lambda: len(daemon.replies()) == 1, "answered")
    eventually(lambda: daemon.status()["outbox"] == {"sent": 1}, "and written down")
    (made,) = daemon.wabot("backup", "--tenant", "warung")["backups"]
    assert daemon.stop() == 0
    garble(daemon.data / "warung" / "wabot.db", 0)
    daemon.start()
    daemon.connected("warung", times=2)
    daemon.connected("toko", times=2)
    daemon.say("jam buka?", sender="6281200000002")
    daemon.say("jam buka?", tenant="toko")
    eventually(lambda: len(daemon.replies()) == 2, f"the tenant answers again: {daemon.told()}")
    eventually(lambda: len(daemon.replies("toko")) == 1, "and so does the other one")
    status = daemon.status()
    assert status["received"] == 2, "what the backup held is there"
    (trouble,) = status["troubles"]
    assert Path(made["file"]).name in trouble
    assert "wabot.db.damaged-" in trouble
    assert not daemon.status("toko")["troubles"]
    assert "wabot.db was damaged (file is not a database) and is set aside" in daemon.told()
    assert daemon.told().count("session started") == 4, "no start failed"
    assert daemon.stop() == 0


def test_damage_that_a_statement_meets_ends_the_session_and_the_next_one_begins_with_a_fresh_file(
    daemon: Daemon,
) -> None:
    daemon.tenant("warung", delay="0s")
    daemon.tenant("toko", delay="0s")
    daemon.start()
    daemon.connected("warung")
    daemon.connected("toko")
    toko = daemon.children()["toko"]
    daemon.say("jam buka?", sender="6281200000001")
    eventually(lambda: daemon.status()["outbox"] == {"sent": 1}, "answered")
    file = daemon.data / "warung" / "wabot.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        # Another's write makes the session read its pages again; the checkpoint puts them into the file.
        other.execute("UPDATE sessions SET detail = 'x'")
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        garble(file, 1)
    daemon.say("jam buka?", sender="6281200000002")
    daemon.connected("warung", times=2)
    # The simulator's file is read from its start: an empty journal knows none of it.
    eventually(
        lambda: "6281200000002" in [line["to"] for line in daemon.lines() if "text" in line],
        "the tenant answers again",
    )
    assert "starting again to set it aside" in daemon.told()
    (trouble,) = daemon.status()["troubles"]
    assert "no sound backup was found, so a new, empty file was begun" in trouble
    assert daemon.children()["toko"] == toko
    assert daemon.stop() == 0


def test_a_database_that_is_removed_beneath_a_session_is_noticed_and_the_next_one_begins_anew(daemon: Daemon) -> None:
    daemon.tenant(delay="0s")
    daemon.start()
    daemon.connected()
    daemon.say("jam buka?")
    eventually(lambda: len(daemon.replies()) == 1, "the first is answered")
    for file in (daemon.data / "warung").glob("wabot.db*"):
        file.unlink()
    daemon.connected(times=2)
    assert "removed or replaced while it was open" in daemon.told()
    daemon.say("jam buka?", sender="6281200000002")
    eventually(lambda: daemon.status()["received"] >= 1 and len(daemon.replies()) >= 2, f"and stored: {daemon.told()}")
    assert daemon.stop() == 0
