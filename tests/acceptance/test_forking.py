"""Sessions that are forked from one process: what they share, and what they must not."""

import os
import re
import signal
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

from tests.acceptance.daemon import PATIENCE, Daemon, eventually


def all_answer(daemon: Daemon, *tenants: str) -> None:
    """A customer writes to each of them, and each answers."""
    before = {tenant: len(daemon.replies(tenant)) for tenant in tenants}
    for tenant in tenants:
        daemon.say("jam buka?", sender="6281200000001", tenant=tenant)

    def answered(tenant: str) -> bool:
        return len(daemon.replies(tenant)) > before[tenant]

    for tenant in tenants:
        eventually(partial(answered, tenant), f"{tenant}: {daemon.told()[-2000:]}")


def heap(pid: int) -> str:
    """Where the heap begins: by chance in each program that is started, the same in those that were forked."""
    found = re.search(r"^(\S+) .*\[heap\]$", Path(f"/proc/{pid}/maps").read_text(), re.MULTILINE)
    assert found is not None
    return found[1].split("-")[0]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def test_sessions_outlive_the_process_that_they_were_forked_from_and_the_next_one_is_forked_from_another(
    daemon: Daemon,
) -> None:
    daemon.tenant("warung", delay="0s")
    daemon.tenant("toko", delay="0s")
    daemon.start(WABOT_RESTART_WAIT="0.05")
    daemon.connected("warung")
    daemon.connected("toko")
    first, before = daemon.nursery(), daemon.children()
    assert heap(before["warung"]) == heap(before["toko"]) == heap(first)
    os.kill(first, signal.SIGKILL)
    eventually(lambda: "has died" in daemon.told() and not alive(first), f"the death is noticed: {daemon.told()}")
    all_answer(daemon, "warung", "toko")
    assert daemon.children() == before
    daemon.kill("warung")
    daemon.connected("warung", times=2)
    assert "killed by signal 9" in daemon.told(), "how a session ended is known without the process that forked it"
    assert daemon.nursery() not in (0, first)
    assert heap(daemon.children()["warung"]) == heap(daemon.nursery())
    assert daemon.children()["toko"] == before["toko"]
    all_answer(daemon, "warung", "toko")
    assert daemon.stop() == 0
    assert not alive(daemon.nursery())


def test_all_processes_end_when_the_supervisor_is_killed(daemon: Daemon) -> None:
    daemon.tenant("warung", delay="0s")
    daemon.tenant("toko", delay="0s")
    process = daemon.start()
    daemon.connected("warung")
    daemon.connected("toko")
    pids = [daemon.nursery(), *daemon.children().values()]
    assert len(pids) == 3 and all(pids)
    process.kill()
    process.wait(PATIENCE)
    eventually(lambda: not any(map(alive, pids)), "they end")


def test_twenty_sessions_that_start_at_once_have_nothing_open_of_each_other_and_no_chance_in_common(
    daemon: Daemon,
) -> None:
    names = [f"toko-{number:02}" for number in range(20)]
    for name in names:
        daemon.tenant(name, delay="0s")
    daemon.start()
    for name in names:
        daemon.connected(name)
    all_answer(daemon, *names)
    children = daemon.children()
    assert set(children) == set(names)
    opened: dict[str, set[str]] = {}
    for name, pid in children.items():
        links = {int(entry.name): str(entry.readlink()) for entry in Path(f"/proc/{pid}/fd").iterdir()}
        assert links[0].startswith("pipe:")
        opened[name] = {link for number, link in links.items() if number not in (1, 2)} - {"/dev/null"}
        files = {link for link in opened[name] if link.startswith((str(daemon.data), str(daemon.sim)))}
        others = [link for link in files if f"/{name}" not in link]
        assert files and not others
    seen = [link for links in opened.values() for link in links if not link.startswith("anon_inode:")]
    assert len(seen) == len(set(seen)), "no pipe, socket or file is open in two sessions"
    ids = []
    for name in names:
        with closing(sqlite3.connect(f"file:{daemon.data / name / 'wabot.db'}?mode=ro", uri=True)) as connection:
            ids += [row[0][14:] for row in connection.execute("SELECT id FROM outbox")]
    assert len(ids) == len(set(ids)) == 20, "the part of an id that is chance is another in each session"
    assert daemon.stop() == 0


def test_where_nothing_can_be_forked_sessions_are_started_one_by_one(daemon: Daemon, tmp_path: Path) -> None:
    hook = tmp_path / "hook"
    hook.mkdir()
    threads = "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\n"
    (hook / "sitecustomize.py").write_text(threads)
    daemon.tenant("warung", delay="0s")
    daemon.tenant("toko", delay="0s")
    daemon.start(PYTHONPATH=str(hook), WABOT_RESTART_WAIT="0.05")
    daemon.connected("warung")
    daemon.connected("toko")
    assert "a process with threads is not forked" in daemon.told()
    assert not daemon.nursery()
    assert heap(daemon.children()["warung"]) != heap(daemon.children()["toko"])
    daemon.kill("warung")
    daemon.connected("warung", times=2)
    all_answer(daemon, "warung")
    assert daemon.stop() == 0


def test_a_setting_starts_sessions_one_by_one(daemon: Daemon) -> None:
    daemon.tenant("warung", delay="0s")
    daemon.tenant("toko", delay="0s")
    daemon.start(WABOT_SESSION_START="spawn")
    daemon.connected("warung")
    daemon.connected("toko")
    assert not daemon.nursery()
    assert heap(daemon.children()["warung"]) != heap(daemon.children()["toko"])
    assert daemon.stop() == 0
