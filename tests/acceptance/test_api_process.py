"""`wabot run --api`: the API lives beside the sessions, in a process of its own, and outlives its deaths."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx

from tests.acceptance.daemon import Daemon, eventually


def address(daemon: Daemon) -> str:
    def told() -> str:
        found = re.search(r"the API listens +address=(\S+)", daemon.told())
        return found[1] if found else ""

    return f"http://{eventually(told, 'the API listens')}"


def process(daemon: Daemon, times: int = 1) -> int:
    def started() -> int:
        found = re.findall(r"the API's process started +pid=(\d+)", daemon.told())
        return int(found[times - 1]) if len(found) >= times else 0

    return int(eventually(started, f"its process started {times} times"))


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/openapi.json", timeout=30).is_success
    except httpx.TransportError:  # the process died while it held this very connection
        return False


def test_whoever_asks_while_the_process_is_begun_again_waits_and_is_answered(daemon: Daemon) -> None:
    daemon.tenant()
    daemon.start("--api", "127.0.0.1:0", WABOT_RESTART_WAIT="0.1")
    url = address(daemon)
    eventually(lambda: answers(url), "it answers")
    os.kill(process(daemon), signal.SIGKILL)
    process(daemon, 2)
    eventually(lambda: answers(url), "it answers again")
    daemon.connected("warung")
    assert daemon.stop() == 0, daemon.told()


def test_the_process_ends_with_the_daemon_that_was_killed(daemon: Daemon) -> None:
    daemon.tenant()
    running = daemon.start("--api", "127.0.0.1:0")
    eventually(lambda: answers(address(daemon)), "it answers")
    pid = process(daemon)
    running.kill()

    def gone() -> bool:
        try:
            return Path(f"/proc/{pid}/stat").read_text("ascii").split(") ")[1][0] == "Z"
        except OSError:
            return True

    eventually(gone, "the API's process has ended")


def test_an_address_that_is_taken_is_told_before_anything_starts(daemon: Daemon) -> None:
    daemon.tenant()
    daemon.start("--api", "127.0.0.1:0")
    taken = address(daemon).removeprefix("http://")
    command = [sys.executable, "-m", "wabot", "run", str(daemon.rules), "--data", str(daemon.data.with_name("other"))]
    command += ["--channel", "simulator", "--sim", str(daemon.sim), "--api", taken]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert said.returncode == 2
    assert f"api: {taken} cannot be listened on" in said.stderr
