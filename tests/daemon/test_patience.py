"""How long a session may take to stop, and how long it is waited for."""

from wabot.daemon.runner import PATIENCE
from wabot.session.sender import GRACE
from wabot.session.session import CLOSE, DRAIN


def test_a_session_that_waits_for_everything_as_long_as_it_may_is_not_killed_meanwhile() -> None:
    assert CLOSE + DRAIN + GRACE < PATIENCE
