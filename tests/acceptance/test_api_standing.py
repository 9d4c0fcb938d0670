"""Whether the API runs, as `wabot status`, `/readyz` and `/metrics` tell it."""

import os
import signal
import subprocess
import sys

from tests.acceptance.daemon import Daemon, eventually
from tests.acceptance.test_api_process import address, answers, process
from tests.acceptance.watched import LISTEN, get, metrics
from wabot.daemon.api_standing import ApiStanding, read_api


def stands(daemon: Daemon) -> ApiStanding | None:
    return read_api(daemon.data)


def test_status_readiness_and_figures_tell_whether_the_process_lives(daemon: Daemon) -> None:
    daemon.tenant()
    daemon.start("--api", "127.0.0.1:0", *LISTEN, WABOT_RESTART_WAIT="0.1")
    eventually(lambda: (found := stands(daemon)) and found.status == "serving", f"it serves: {daemon.told()}")
    daemon.connected("warung")
    eventually(lambda: get(daemon, "/readyz")[0] == 200, "all is ready")
    assert metrics(daemon)["wabot_api_up", ()] == 1
    assert metrics(daemon)["wabot_api_resident_memory_bytes", ()] > 10_000_000
    told = daemon.wabot("status")["api"]
    assert (told["status"], told["address"], told["pid"], told["restarts"]) == (
        "serving",
        address(daemon).removeprefix("http://"),
        process(daemon),
        0,
    )
    assert "the API  serving since" in daemon.run_wabot("status").stdout

    os.kill(process(daemon), signal.SIGKILL)
    process(daemon, 2)
    found = eventually(
        lambda: one if (one := stands(daemon)) and one.pid == process(daemon, 2) else None, "it serves again"
    )
    assert (found.status, found.restarts) == ("serving", 1)
    assert metrics(daemon)["wabot_api_restarts_total", ()] == 1
    assert daemon.stop() == 0
    assert stands(daemon) is None
    assert daemon.wabot("status")["api"] is None


def test_one_that_cannot_run_says_why_and_is_not_ready(daemon: Daemon) -> None:
    daemon.tenant()
    daemon.data.mkdir(exist_ok=True)
    secret = daemon.data / "api.secret"
    secret.write_text("x" * 64)
    secret.chmod(0o644)
    daemon.start("--api", "127.0.0.1:0", *LISTEN, WABOT_RESTART_WAIT="0.1")
    daemon.connected("warung")
    found = eventually(
        lambda: one if (one := stands(daemon)) and one.status == "restarting" else None, "it does not serve"
    )
    assert "api.secret can be read by other users" in found.detail
    assert get(daemon, "/readyz")[0] == 503
    assert metrics(daemon)["wabot_api_up", ()] == 0
    secret.chmod(0o600)
    eventually(lambda: answers(address(daemon)), "it answers once that is mended")


def test_a_second_daemon_on_the_same_data_serves_no_second_api(daemon: Daemon) -> None:
    daemon.tenant()
    daemon.start("--api", "127.0.0.1:0")
    eventually(lambda: stands(daemon), "the first one serves")
    other = daemon.rules.with_name("other rules")
    other.mkdir()
    daemon.tenant("toko").rename(other / "toko")
    command = [sys.executable, "-m", "wabot", "run", str(other), "--data", str(daemon.data)]
    command += ["--channel", "simulator", "--sim", str(daemon.sim), "--api", "127.0.0.1:0"]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert said.returncode != 0
    assert f"another `wabot run` serves the API of {daemon.data} already" in said.stderr
    assert "Traceback" not in said.stderr
