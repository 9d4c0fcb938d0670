"""kill -9 of a session at exact instants: what is promised holds after the next start, whichever instant it was.

Each test has a tenant for each instant, and they die beside each other."""

import random
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.acceptance.daemon import Daemon
from tests.acceptance.oracle import all_dealt_with, hold_to_the_promises, rows, statuses
from wabot.daemon.options import RunOptions

REPOSITORY = Path(__file__).parents[2]
CUSTOMERS = [f"62812000000{number:02}" for number in range(1, 4)]


def die(daemon: Daemon, moments: Mapping[str, str]) -> None:
    """A session for each tenant that lives until its moment, and no longer."""
    options = RunOptions(channel="simulator", sim=str(daemon.sim), until_idle=True).dump()
    children = {}
    with daemon.log.open("ab") as log:
        for tenant, moment in moments.items():
            folders = [str(daemon.rules / tenant), str(daemon.data / tenant)]
            command = [sys.executable, "-m", "tests.acceptance.dying", moment, *folders, options]
            # The pipe stays open: a session whose supervisor is gone would stop by itself.
            child = subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=log, stderr=log)
            children[tenant, moment] = child
    for (tenant, moment), child in children.items():
        assert child.wait(60) == -signal.SIGKILL, f"{tenant} lived on past {moment}: {daemon.told()}"


def go_on(daemon: Daemon, tenants: Mapping[str, str]) -> None:
    """The next start of `wabot run`, to its end."""
    assert daemon.start("--until-idle").wait(60) == 0, daemon.told()
    for tenant in tenants:
        assert all_dealt_with(daemon, tenant), f"{tenant}: {statuses(daemon, tenant)} {daemon.told()}"
        hold_to_the_promises(daemon, tenant)


def shops(daemon: Daemon, *moments: str) -> dict[str, str]:
    """A tenant for each moment, named after it, with customers who have just written."""
    named = {moment.replace(":", "-").replace("_", "-"): moment for moment in moments}
    for tenant in named:
        daemon.tenant(tenant, delay="0s", debounce="0s")
        for customer in CUSTOMERS:
            daemon.say("jam buka?", sender=customer, tenant=tenant)
    return named


def test_kill_9_before_a_reply_is_claimed_and_everybody_is_answered_once(daemon: Daemon) -> None:
    # Before its journal is committed a message is only the channel's. The simulator's file says it again; WhatsApp does
    # not, once the library has acknowledged it, which it does by itself: docs/architecture.md, "Sends".
    journalled = {"before:journal_message": False, "after:journal_message": True, "before:outbox_add": True}
    tenants = shops(daemon, *journalled, "after:outbox_add")
    die(daemon, tenants)
    for tenant, moment in tenants.items():
        if moment in journalled:
            assert bool(rows(daemon, "SELECT * FROM inbound_journal", tenant)) is journalled[moment]
        assert statuses(daemon, tenant).keys() == ({"queued"} if moment == "after:outbox_add" else set())
        assert daemon.replies(tenant) == []
    go_on(daemon, tenants)
    for tenant in tenants:
        assert statuses(daemon, tenant) == {"sent": len(CUSTOMERS)}


def test_kill_9_before_a_claimed_reply_is_out_leaves_it_unknown_and_it_is_never_sent_again(daemon: Daemon) -> None:
    tenants = shops(daemon, "after:outbox_claim", "before:send", "during:send")
    die(daemon, tenants)
    lost = {tenant: statuses(daemon, tenant)["sending"] for tenant in tenants}
    go_on(daemon, tenants)
    for tenant in tenants:
        assert statuses(daemon, tenant).get("unknown") == lost[tenant]
        reasons = rows(daemon, "SELECT DISTINCT error FROM outbox WHERE status = 'unknown'", tenant)
        assert reasons == [("the process died while sending",)]
        assert len(daemon.replies(tenant)) == len(CUSTOMERS) - lost[tenant]


def test_kill_9_between_send_and_commit_is_resolved_by_the_receipt_and_nothing_is_sent_twice(daemon: Daemon) -> None:
    tenants = shops(daemon, "after:send", "before:outbox_finish", "after:outbox_finish")
    die(daemon, tenants)
    for tenant, moment in tenants.items():
        known = statuses(daemon, tenant)
        assert known.get("sent" if moment == "after:outbox_finish" else "sending")
        assert daemon.replies(tenant), "it went out"
    go_on(daemon, tenants)
    for tenant in tenants:
        # Only what was claimed beside the deadly send, and not yet written, stays unknown.
        assert statuses(daemon, tenant).get("sent") == len(daemon.replies(tenant))


def test_kill_9_at_random_statements_start_after_start_loses_nothing_and_answers_nobody_twice(daemon: Daemon) -> None:
    chance = random.Random()
    tenants = {"warung": "", "toko": "", "kedai": ""}
    for tenant in tenants:
        daemon.tenant(tenant, delay="0s", debounce="0s", max_per_minute="600")
    for life in range(3):
        for tenant in tenants:
            for number in range(5):
                daemon.say("jam buka?", sender=f"628120000{life}{number:03}", tenant=tenant)
            tenants[tenant] = f"at:{chance.randint(40, 150)}"
        die(daemon, tenants)
    go_on(daemon, tenants)
