"""How long a session may take to stop, and how long it is waited for."""

import re
from pathlib import Path

from wabot.channel.neonize.library import STOP_SECONDS
from wabot.daemon.runner import PATIENCE
from wabot.daemon.unit import Service, unit
from wabot.session.deliverer import LAST
from wabot.session.sender import GRACE
from wabot.session.session import CLOSE, DRAIN
from wabot.store.sqlite.opening import BUSY

LONGEST = CLOSE + 2 * STOP_SECONDS + DRAIN + GRACE + LAST + 2 * BUSY / 1000
"""A channel that does not end is waited for, and then hangs up by itself: the library is waited for twice. Where
somebody else holds the store's file, it is waited for to note that the session stopped, and to close."""
SERVICE = Service(("wabot",), Path("/usr/bin/python3"), Path("/srv/rules"), Path("/srv/data"), "")


def test_a_session_that_waits_for_everything_as_long_as_it_may_is_not_killed_meanwhile() -> None:
    assert LONGEST < PATIENCE


def test_systemd_and_containers_wait_longer_than_the_daemon_does() -> None:
    deploy = Path(__file__).parents[2] / "docs" / "deploy.md"
    stop = re.search(r"TimeoutStopSec=(\d+)s", unit(SERVICE))
    podman = re.findall(r"--stop-timeout (\d+)", deploy.read_text("utf-8"))
    assert stop and podman
    assert all(int(seconds) > PATIENCE + 5 for seconds in [stop[1], *podman])
