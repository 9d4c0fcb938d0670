"""How often whoever is known may ask: a person or an API key, from wherever, and everybody in a tenant together."""

from collections.abc import MutableMapping
from typing import Any

from wabot.api.fences.gate import STANDING
from wabot.api.fences.limits import SENDS, Fences
from wabot.api.fences.pace import Pace
from wabot.api.problems import Problem
from wabot.ports import Clock


class Shares:
    """To be asked once it is known who asks: names that nobody has checked are nobody's share."""

    def __init__(self, fences: Fences, clock: Clock) -> None:
        self._people = Pace(fences.person_per_minute, clock.steady)
        self._tenants = Pace(fences.tenant_per_minute, clock.steady)
        self._sends = Pace(fences.sends_per_minute, clock.steady)

    def take(self, scope: MutableMapping[str, Any], tenant: str, person: str) -> None:
        """Count a request of `person`, and note in its scope how they stand where that is narrower.

        Raises:
            Problem: 429, there were too many.
        """
        whose = f"{tenant}\0{person}"
        paces = [(self._people, whose, "you"), (self._tenants, tenant, "your team")]
        if scope["method"] == "POST" and scope["path"].endswith(SENDS):
            paces.append((self._sends, whose, "you, that write to customers"))
        for pace, key, of in paces:
            standing = pace.step(key)
            if standing.wait:
                raise Problem(
                    429,
                    f"Too many requests of {of}; try again in {standing.wait} s.",
                    "RATE_LIMITED",
                    headers=standing.headers,
                )
            before = scope.get(STANDING)
            if before is None or standing.left < before.left:
                scope[STANDING] = standing
