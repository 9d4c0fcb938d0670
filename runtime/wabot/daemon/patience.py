"""The supervisor's settings from the environment, in seconds: `WABOT_RESTART_WAIT` (the wait after a first crash) and
`WABOT_SESSION_WATCHDOG` (the silence after which a session counts as hung)."""

from collections.abc import Mapping

from wabot.daemon.restart import Policy
from wabot.model.errors import UsageError


def policy(environment: Mapping[str, str]) -> Policy:
    """The policy that the environment asks for.

    Raises:
        UsageError: a setting is no number of seconds above 0.
    """
    usual = Policy()
    return Policy(
        first=_milliseconds(environment, "WABOT_RESTART_WAIT", usual.first),
        silence=_milliseconds(environment, "WABOT_SESSION_WATCHDOG", usual.silence),
    )


def _milliseconds(environment: Mapping[str, str], name: str, usual: int) -> int:
    text = environment.get(name, "").strip()
    if not text:
        return usual
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 86_400:
        raise UsageError(f"{name}={text}: it must be a number of seconds, above 0 and at most 86400")
    return max(1, round(seconds * 1000))
