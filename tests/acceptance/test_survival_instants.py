"""kill -9 of a session at exact instants: what is promised holds after the next start, whichever instant it was."""

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.daemon import Daemon
from tests.acceptance.oracle import all_dealt_with, hold_to_the_promises, rows, statuses
from wabot.daemon.options import RunOptions

REPOSITORY = Path(__file__).parents[2]
CUSTOMERS = [f"62812000000{number:02}" for number in range(1, 4)]


def dies(daemon: Daemon, moment: str) -> None:
    """A session that lives until `moment`, and no longer."""
    options = RunOptions(channel="simulator", sim=str(daemon.sim), until_idle=True).dump()
    folders = [str(daemon.rules / "warung"), str(daemon.data / "warung")]
    command = [sys.executable, "-m", "tests.acceptance.dying", moment, *folders, options]
    with daemon.log.open("ab") as log:
        # The pipe stays open: a session whose supervisor is gone would stop by itself.
        child = subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=log, stderr=log)
    assert child.wait(60) == -signal.SIGKILL, f"it lived on past {moment}: {daemon.told()}"


def goes_on(daemon: Daemon) -> None:
    assert daemon.start("--until-idle").wait(60) == 0, daemon.told()
    assert all_dealt_with(daemon), f"{statuses(daemon)} {daemon.told()}"
    hold_to_the_promises(daemon)


def shop(daemon: Daemon) -> None:
    daemon.tenant(delay="0s", debounce="0s")
    for customer in CUSTOMERS:
        daemon.say("jam buka?", sender=customer)


@pytest.mark.parametrize(
    ("moment", "journalled", "left"),
    [
        ("before:journal_message", 0, {}),  # WhatsApp was told nothing, and says it again
        ("after:journal_message", 1, {}),
        ("before:outbox_add", 1, {}),
        ("after:outbox_add", 1, {"queued": 1}),
    ],
)
def test_kill_9_before_a_reply_is_sent_and_everybody_is_answered_once(
    daemon: Daemon, moment: str, journalled: int, left: dict[str, int]
) -> None:
    shop(daemon)
    dies(daemon, moment)
    assert len(rows(daemon, "SELECT * FROM inbound_journal")) >= journalled
    assert statuses(daemon).keys() == left.keys()
    assert daemon.replies() == []
    goes_on(daemon)
    assert statuses(daemon) == {"sent": len(CUSTOMERS)}


@pytest.mark.parametrize("moment", ["after:outbox_claim", "before:send", "during:send"])
def test_kill_9_before_a_claimed_reply_is_out_leaves_it_unknown_and_it_is_never_sent_again(
    daemon: Daemon, moment: str
) -> None:
    shop(daemon)
    dies(daemon, moment)
    lost = statuses(daemon)["sending"]
    goes_on(daemon)
    assert statuses(daemon).get("unknown") == lost
    reasons = rows(daemon, "SELECT DISTINCT error FROM outbox WHERE status = 'unknown'")
    assert reasons == [("the process died while sending",)]
    assert len(daemon.replies()) == len(CUSTOMERS) - lost


@pytest.mark.parametrize("moment", ["after:send", "before:outbox_finish"])
def test_kill_9_between_send_and_commit_is_resolved_by_the_receipt_and_nothing_is_sent_twice(
    daemon: Daemon, moment: str
) -> None:
    shop(daemon)
    dies(daemon, moment)
    assert statuses(daemon).get("sending"), "nothing says yet that it went out"
    goes_on(daemon)
    # Only what was claimed beside the deadly send, and not yet written, stays unknown.
    assert statuses(daemon).get("sent") == len(daemon.replies())


def test_kill_9_after_the_commit_of_a_send_changes_nothing_for_its_customer(daemon: Daemon) -> None:
    shop(daemon)
    dies(daemon, "after:outbox_finish")
    assert statuses(daemon).get("sent")
    goes_on(daemon)


@pytest.mark.parametrize("seed", [1, 2])
def test_kill_9_at_random_statements_start_after_start_loses_nothing_and_answers_nobody_twice(
    daemon: Daemon, seed: int
) -> None:
    chance = random.Random(seed)
    daemon.tenant(delay="0s", debounce="0s", max_per_minute="600")
    for life in range(4):
        for number in range(5):
            daemon.say("jam buka?", sender=f"628120000{life}{number:03}")
        dies(daemon, f"at:{chance.randint(40, 160)}")
    goes_on(daemon)
