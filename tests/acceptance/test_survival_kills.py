"""Kills and stops under load: sessions, supervisors, everything at once, by schedules that are drawn."""

import os
import random
import signal
import time
from contextlib import suppress
from functools import partial

from tests.acceptance.daemon import Daemon, eventually
from tests.acceptance.oracle import all_dealt_with, hold_to_the_promises, rows, statuses

TENANTS = ("warung", "toko")


def shops(daemon: Daemon, delay: str) -> None:
    for tenant in TENANTS:
        daemon.tenant(tenant, delay=delay, debounce="0s", max_per_minute="600")


def settled(daemon: Daemon) -> None:
    for tenant in TENANTS:
        eventually(
            partial(all_dealt_with, daemon, tenant),
            f"{tenant}: {statuses(daemon, tenant)} {daemon.told()[-3000:]}",
        )
    assert daemon.stop() == 0
    for tenant in TENANTS:
        hold_to_the_promises(daemon, tenant)


def kill_everything(daemon: Daemon) -> None:
    assert daemon.process is not None
    children = daemon.children()
    daemon.process.kill()
    daemon.process.wait()
    for child in children.values():
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


def crowd(daemon: Daemon, first: int, count: int) -> None:
    for number in range(first, first + count):
        for tenant in TENANTS:
            daemon.say("jam buka?", sender=f"62812{number:07}", tenant=tenant)


def test_kill_9_of_a_session_of_all_at_once_and_of_everything_at_random_moments_of_load_loses_nothing(
    daemon: Daemon,
) -> None:
    chance = random.Random()
    shops(daemon, "0s")
    daemon.start()
    starts = dict.fromkeys(TENANTS, 1)
    for round_, killed in enumerate((["toko"], TENANTS, "everything")):
        for tenant, times in starts.items():
            daemon.connected(tenant, times)
        crowd(daemon, round_ * 20, 20)
        time.sleep(chance.uniform(0, 0.4))
        if killed == "everything":
            kill_everything(daemon)
            daemon.start()
            break
        children = daemon.children()
        for tenant in killed:
            os.kill(children[tenant], signal.SIGKILL)
            starts[tenant] += 1
    settled(daemon)


def test_sigterm_under_load_ends_in_time_leaves_nothing_unknown_and_the_next_start_sends_what_waits(
    daemon: Daemon,
) -> None:
    shops(daemon, "1s")
    daemon.start()
    for tenant in TENANTS:
        daemon.connected(tenant)
    crowd(daemon, 0, 250)
    eventually(lambda: all(statuses(daemon, tenant).get("sent") for tenant in TENANTS), "each of them is busy")
    assert daemon.stop() == 0, daemon.told()[-3000:]
    assert "did not stop in time" not in daemon.told()
    for tenant in TENANTS:
        assert statuses(daemon, tenant).keys() <= {"sent", "queued"}, "a send broke off"
    assert rows(daemon, "SELECT COUNT(*) FROM inbound_journal WHERE decided_at IS NULL") == [(0,)], "it was drained"
    daemon.start()
    settled(daemon)
    for tenant in TENANTS:
        assert statuses(daemon, tenant) == {"sent": 250}
