"""The daemon as a service: what systemd is told, SIGHUP, `wabot reload`, `wabot logs`, `wabot status --watch`."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from tests.acceptance.daemon import JAM, PATIENCE, Daemon, eventually
from tests.tenants import rules


class Systemd:
    """The other end of sd_notify: a datagram socket, and what came in."""

    def __init__(self, place: Path) -> None:
        self.path = str(place / "notify")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.path)
        self._socket.settimeout(PATIENCE)

    def until(self, key: str) -> dict[str, str]:
        """Read on to the next datagram that has this key."""
        while True:
            said = dict(line.split("=", 1) for line in self._socket.recv(4096).decode().split("\n"))
            if key in said:
                return said

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[Systemd]:
    made = Systemd(tmp_path)
    yield made
    made.close()


def test_systemd_is_told_of_the_start_the_reload_the_beating_and_the_end_in_this_order(
    daemon: Daemon, systemd: Systemd
) -> None:
    folder = daemon.tenant("warung", delay="0s")
    (daemon.data / "toko" / "lock").mkdir(parents=True)
    daemon.tenant("toko")
    process = daemon.start(NOTIFY_SOCKET=systemd.path, WATCHDOG_USEC="400000", WABOT_RESTART_WAIT="0.02")
    assert systemd.until("READY")["READY"] == "1"
    parked = systemd.until("STATUS")["STATUS"]
    while "toko parked" not in parked:
        parked = systemd.until("STATUS")["STATUS"]
    assert parked == "1 of 2 sessions run; toko parked"
    daemon.connected("warung")
    assert systemd.until("WATCHDOG") == {"WATCHDOG": "1"}
    for pid in daemon.children().values():
        assert b"NOTIFY_SOCKET" not in Path(f"/proc/{pid}/environ").read_bytes()
    process.send_signal(signal.SIGSTOP)
    systemd._socket.settimeout(1.2)
    with pytest.raises(TimeoutError):
        while True:
            systemd.until("WATCHDOG")
    systemd._socket.settimeout(PATIENCE)
    process.send_signal(signal.SIGCONT)
    assert systemd.until("WATCHDOG")
    (folder / "tests").mkdir()
    (daemon.data / "toko" / "lock").rmdir()
    process.send_signal(signal.SIGHUP)
    assert int(systemd.until("RELOADING")["MONOTONIC_USEC"]) > 0
    assert systemd.until("READY")["READY"] == "1"
    daemon.connected("toko")
    process.send_signal(signal.SIGTERM)
    assert systemd.until("STOPPING")["STOPPING"] == "1"
    assert process.wait(PATIENCE) == 0


def test_a_reload_takes_over_changes_that_no_watcher_saw_and_looks_for_new_tenants(daemon: Daemon) -> None:
    """A change of a file beneath a link is what a watcher does not see that looks away from an editor's folders."""
    folder = daemon.tenant(delay="0s")
    elsewhere = folder / ".idea" / "elsewhere.yaml"
    elsewhere.parent.mkdir()
    (folder / "rules.yaml").rename(elsewhere)
    (folder / "rules.yaml").symlink_to(elsewhere)
    daemon.start()
    daemon.connected()
    elsewhere.write_text(rules(JAM.replace("tiap hari", "hari ini"))["rules.yaml"])
    ran = daemon.run_wabot("reload")
    assert ran.returncode == 0 and "told the daemon (process" in ran.stdout
    eventually(lambda: daemon.told().count("rules are live") == 2, f"reloaded: {daemon.told()}")
    assert daemon.run_wabot("status", "--check").returncode == 0
    assert daemon.stop() == 0
    assert daemon.run_wabot("status", "--check").returncode == 1
    assert daemon.run_wabot("reload").returncode == 2


def test_what_happened_to_a_tenant_is_in_its_log_and_no_words_or_numbers_of_customers_are(daemon: Daemon) -> None:
    daemon.tenant("warung", delay="0s")
    daemon.tenant("toko", delay="0s")
    daemon.start(WABOT_RESTART_WAIT="0.05", WABOT_LOG_MESSAGES="true")  # that is for the terminal alone
    daemon.connected("warung")
    daemon.say("jam buka? rahasia")
    eventually(daemon.replies, "answered")
    daemon.kill("warung")
    daemon.connected("warung", times=2)
    follower = subprocess.Popen(
        [sys.executable, "-m", "wabot", "logs", "warung", "-f", "--format", "json", "--data", str(daemon.data)],
        stdout=subprocess.PIPE,
        text=True,
    )
    lines = follower.stdout
    assert lines is not None
    seen = until(lines, "event", "the session died: killed by signal 9")
    assert {"session started", "connected", "rules are live", "replied"} <= {line["event"] for line in seen}
    assert {line["tenant"] for line in seen} == {"warung"}
    daemon.say("jam buka?", sender="6281200000002")
    until(lines, "event", "replied")
    follower.send_signal(signal.SIGINT)
    assert follower.wait(PATIENCE) == 130
    assert daemon.stop() == 0
    kept = b"".join(file.read_bytes() for file in (daemon.data / "warung" / "log").iterdir())
    assert "rahasia" in daemon.told()
    assert b"rahasia" not in kept
    assert b"6281200000001" not in kept
    assert b"replied" in kept


def test_a_status_that_is_watched_is_told_anew_for_each_tenant_that_changes(daemon: Daemon) -> None:
    daemon.tenant("warung", delay="0s")
    daemon.tenant("toko", delay="0s")
    daemon.start()
    daemon.connected("warung")
    daemon.connected("toko")
    watcher = subprocess.Popen(
        [sys.executable, "-m", "wabot", "status", "--watch", "--format", "json", "--data", str(daemon.data)],
        stdout=subprocess.PIPE,
        text=True,
    )
    lines = watcher.stdout
    assert lines is not None
    assert {json.loads(lines.readline())["tenant"] for _ in range(2)} == {"toko", "warung"}
    daemon.say("jam buka?", tenant="toko")
    seen = until(lines, "by_rule", {"jam-buka": 1})
    assert {line["tenant"] for line in seen} == {"toko"}
    watcher.send_signal(signal.SIGINT)
    assert watcher.wait(PATIENCE) == 130
    assert daemon.stop() == 0


def until(lines: IO[str], key: str, value: object) -> list[dict[str, object]]:
    """Read JSON lines up to the first whose `key` is (or, a text, begins with) `value`."""
    seen = []
    for text in lines:
        seen.append(line := json.loads(text))
        found = line.get(key)
        if found == value or (isinstance(value, str) and isinstance(found, str) and found.startswith(value)):
            return seen
    raise AssertionError(f"no line with {key} {value}: {seen}")


def test_a_terminal_that_is_closed_ends_the_daemon_and_its_sessions(daemon: Daemon) -> None:
    daemon.tenant(delay="0s")
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "wabot", "run", str(daemon.rules), "--data", str(daemon.data)]
    daemon.process = subprocess.Popen(
        [*command, "--channel", "simulator", "--sim", str(daemon.sim)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(theirs)
    daemon.connected()
    (session,) = daemon.children().values()
    os.close(ours)
    assert daemon.process.wait(PATIENCE) == 0
    assert not Path(f"/proc/{session}").exists()
    assert daemon.status()["status"] == "stopped"
