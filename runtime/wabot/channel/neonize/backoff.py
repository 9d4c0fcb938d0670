"""How long to wait before the next attempt to connect."""

from typing import Final

FIRST: Final = 2.0
CAP: Final = 60.0
SPREAD: Final = 0.25


def backoff(attempt: int, jitter: float = 0.0) -> float:
    """Seconds to wait after failed attempt number `attempt` (1, 2, 3 …): doubling from 2 to 60.

    `jitter`, from 0 to 1, shortens the wait by up to a quarter, so that many tenants do not knock all at once.
    """
    doublings = min(max(attempt, 1) - 1, 16)
    return float(min(FIRST * 2**doublings, CAP) * (1 - SPREAD * jitter))
