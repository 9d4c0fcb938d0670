"""Accounts with the processes that are really there: the daemon, the API's own, and the command line beside both."""

import os
import signal
from typing import Any

import httpx

from tests.acceptance.daemon import Daemon, eventually
from tests.acceptance.test_api_process import address, answers, process

SARI = "sari@warung.id"
WORD = "nasi uduk jam 6"


def logged_in(url: str, **body: str) -> dict[str, Any]:
    path = "login" if "email" in body else "invite/accept"
    answer = httpx.post(f"{url}/api/auth/{path}", json=body, timeout=30)
    assert answer.status_code == 200, answer.text
    opened: dict[str, Any] = answer.json()
    return opened


def test_what_the_command_line_says_of_somebody_counts_for_their_next_request_and_a_new_process_knows_them(
    daemon: Daemon,
) -> None:
    daemon.tenant()
    daemon.start("--api", "127.0.0.1:0", WABOT_RESTART_WAIT="0.1")
    url = address(daemon)
    eventually(lambda: answers(url), "it answers")
    daemon.connected("warung")  # and so has a store
    secret = daemon.data / "api.secret"
    assert secret.stat().st_mode & 0o777 == 0o600
    added = daemon.wabot("operator", "add", SARI, "--role", "owner")
    bearer = {
        "authorization": f"Bearer {logged_in(url, token=added['invitation']['token'], password=WORD)['accessToken']}"
    }

    def status() -> int:
        return httpx.get(f"{url}/api/auth/me", headers=bearer, timeout=30).status_code

    assert status() == 200
    daemon.wabot("operator", "disable", SARI)
    assert status() == 401
    daemon.wabot("operator", "enable", SARI)
    assert status() == 200
    os.kill(process(daemon), signal.SIGKILL)
    process(daemon, 2)
    eventually(lambda: answers(url), "it answers again")
    assert status() == 200, "the secret is the same"


def test_a_secret_that_others_can_read_is_told_and_nothing_is_signed_with_it(daemon: Daemon) -> None:
    daemon.tenant()
    daemon.data.mkdir(exist_ok=True)
    secret = daemon.data / "api.secret"
    secret.write_text("x" * 64)
    secret.chmod(0o644)
    daemon.start("--api", "127.0.0.1:0", WABOT_RESTART_WAIT="0.1")
    eventually(lambda: "api.secret can be read by other users" in daemon.told(), "the log says it")
    daemon.connected("warung")  # the tenants go on without it
    secret.unlink()
    eventually(lambda: answers(address(daemon)), "it answers once that is mended")
