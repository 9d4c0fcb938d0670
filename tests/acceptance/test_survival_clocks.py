"""The machine's clock is set by an hour, forward and back, while sessions run: replies go out in time, and once."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from tests.acceptance.daemon import JAM, Daemon, eventually
from tests.acceptance.faked import Machine
from tests.acceptance.oracle import rows, statuses
from wabot.session.clock import RealClock

HOUR = 3_600
BUDI, ANI, DEDI, TUTI = (f"628120000000{number}" for number in range(1, 5))
LIMITED = JAM.replace("kak.\n", "kak.\n    cooldown: 30s\n")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def begins(daemon: Daemon, machine: Machine, **settings: str) -> None:
    daemon.environ = machine.environment
    daemon.tenant(text=LIMITED, **settings)
    daemon.start()
    daemon.connected()


def says(daemon: Daemon, sender: str) -> None:
    """As WhatsApp stamps it, whose clock is right."""
    daemon.say("jam buka?", sender=sender, at=datetime.fromtimestamp(RealClock().now() / 1000, UTC).isoformat())


def has_answered(daemon: Daemon, count: int) -> bool:
    return len(answered(daemon)) == count


def answered(daemon: Daemon) -> list[str]:
    return [line["to"] for line in daemon.lines() if "text" in line]


def test_replies_that_wait_while_the_clock_is_set_forward_and_back_go_out_in_time_and_once(
    daemon: Daemon, machine: Machine
) -> None:
    begins(daemon, machine, delay="1s", debounce="0s")
    for number, (customer, hours) in enumerate([(BUDI, 1), (ANI, 0), (DEDI, -1), (TUTI, 0)], 1):
        says(daemon, customer)
        eventually(lambda: statuses(daemon).get("queued"), f"{customer}'s reply waits: {daemon.told()}")
        machine.set(hours * HOUR)
        eventually(partial(has_answered, daemon, number), f"{customer} is answered: {daemon.told()}")
    assert answered(daemon) == [BUDI, ANI, DEDI, TUTI]
    assert daemon.stop() == 0
    assert statuses(daemon) == {"sent": 4}
    assert rows(daemon, "SELECT DISTINCT reason FROM auto_reply_logs") == [("answered",)]


def test_a_clock_set_back_makes_no_hour_of_limits_of_a_few_seconds(daemon: Daemon, machine: Machine) -> None:
    begins(daemon, machine, delay="0s", debounce="2s", max_per_minute="2")
    for customer in (BUDI, ANI):
        says(daemon, customer)
    eventually(lambda: statuses(daemon) == {"sent": 2}, f"the minute's limit is used up: {daemon.told()}")
    machine.set(-HOUR)
    # Of the hour that is yet to come again: two sends, a cooldown, and a burst that Budi still seems to be in.
    says(daemon, BUDI)
    says(daemon, DEDI)
    eventually(lambda: statuses(daemon) == {"sent": 4}, f"nobody waits for that hour: {statuses(daemon)}")
    says(daemon, BUDI)
    eventually(lambda: daemon.status()["by_reason"] == {"cooldown": 1}, "the cooldown holds again")
    assert sorted(answered(daemon)) == [BUDI, BUDI, ANI, DEDI]
    assert daemon.stop() == 0


def test_a_reply_left_behind_by_a_killed_session_goes_out_though_the_clock_was_set_back_meanwhile(
    daemon: Daemon, machine: Machine
) -> None:
    begins(daemon, machine, delay="1s", debounce="0s")
    says(daemon, BUDI)
    eventually(lambda: statuses(daemon).get("queued"), "a reply waits")
    machine.set(-HOUR)
    daemon.kill()
    eventually(lambda: answered(daemon) == [BUDI], f"it is sent: {daemon.told()}")
    assert daemon.stop() == 0
