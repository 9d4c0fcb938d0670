"""A rule that somebody writes over HTTP answers the next customer: one process writes it, another takes it."""

import asyncio
import os
import signal
from functools import partial
from pathlib import Path

import httpx

from tests.acceptance.daemon import Daemon, eventually
from tests.acceptance.test_api_process import address, answers, process
from tests.api.front import Api
from wabot.api.door import open_door
from wabot.api.house import House
from wabot.session.clock import RealClock

RULE = {
    "name": "Harga",
    "triggerType": "keyword",
    "keywords": ["harga"],
    "responseType": "text",
    "responseMessage": "Rp 15.000 kak {{ first_name }}.",
}


async def token_of(daemon: Daemon) -> str:
    async with httpx.AsyncClient() as asking:
        door = open_door(daemon.data, RealClock())
        token = Api(House(daemon.data, dict, RealClock(), door), None, asking, door).front().token
        await door.close()
    return token


def workers(api: int) -> list[int]:
    """The processes that the API's process has begun for rules."""
    children = Path(f"/proc/{api}/task/{api}/children").read_text("ascii").split()
    return [int(pid) for pid in children if b"workshop" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(") ", 1)[1][0] == "Z"
    except OSError:
        return True


def test_a_rule_that_is_written_answers_the_next_customer(daemon: Daemon) -> None:
    folder = daemon.tenant(delay="0s", debounce="0s")
    (folder / "tenant.yaml").write_text((folder / "tenant.yaml").read_text() + "managed: true\n")
    daemon.start("--api", "127.0.0.1:0", WABOT_RESTART_WAIT="0.05")
    url = address(daemon)
    eventually(lambda: answers(url), "it answers")
    headers = {"authorization": f"Bearer {asyncio.run(token_of(daemon))}"}
    rules = f"{url}/api/auto-reply/rules"
    daemon.connected("warung")
    made = httpx.post(rules, json=RULE, headers=headers, timeout=60)
    assert made.status_code == 201, made.text
    eventually(lambda: httpx.get(rules, headers=headers, timeout=60).json()["live"], "the session has it")
    daemon.say("harga?")
    eventually(lambda: [text for text in daemon.replies() if text.startswith("Rp 15.000")], "it is answered")
    began = workers(process(daemon))
    assert began
    os.kill(process(daemon), signal.SIGKILL)
    for pid in began:
        eventually(partial(gone, pid), "they end with the API's process")
    assert daemon.stop() == 0, daemon.told()
