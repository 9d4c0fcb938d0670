"""Whether, and when, a session process that ended is started again. Pure: chance comes in as an argument."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

DONE: Final = 0
NEEDS_A_PERSON: Final = 10
"""Exit code of a session that a restart cannot help: its last state says what a person must do."""
BUSY: Final = 11
"""Exit code of a session whose tenant another process runs."""
NO_RULES: Final = 12
"""Exit code of a session that was not to wait for sound rules."""

GO_ON: Final = "then change one of its files, run `wabot reload`, or start `wabot run` again"
"""How a tenant that is held goes on."""
_STEADY: Final = 60_000
"""Milliseconds of life after which earlier crashes are forgotten."""
_BUSY: Final = 2_000


@dataclass(frozen=True, slots=True)
class Policy:
    """How patient the supervisor is, in milliseconds: `first` is the wait after the first crash, doubled by each
    further one up to `longest`; after `crashes` of them within `within` the tenant is parked. A session that gives no
    sign of life for `silence` is hung."""

    first: int = 1_000
    longest: int = 60_000
    crashes: int = 5
    within: int = 60_000
    silence: int = 60_000


USUAL: Final = Policy()


class Life(NamedTuple):
    """One run of a session process, in milliseconds of a clock that is never set. `hung`: it was killed because it
    gave no sign of life."""

    began: int
    ended: int
    hung: bool = False


class Verdict(NamedTuple):
    """`then`: "again" after `wait` milliseconds; "hold" until somebody has done something about it; "end" for good.
    `why` says what happened, `action` what a person must do ("" = nothing)."""

    then: Literal["again", "hold", "end"]
    why: str
    wait: int = 0
    action: str = ""

    @property
    def parked(self) -> bool:
        """Held because it crashed again and again, not because its session asked for a person."""
        return self.then == "hold" and bool(self.action)


def wait_after(policy: Policy, crashes: int) -> int:
    """Milliseconds to wait after so many crashes in a row."""
    return min(policy.first << crashes - 1, policy.longest)


def judge(
    exit_code: int,
    lives: Sequence[Life],
    chance: random.Random,
    policy: Policy = USUAL,
    *,
    alone: bool = False,
    state: str = "",
) -> Verdict:
    """What follows from an exit; negative codes are signals. `lives` are this tenant's runs since it last ended well,
    the last one included. `alone`: no other daemon works on this data, so that whoever has the tenant will let it go
    (a session whose daemon was killed). `state` is what it told last: who was killed could not say why."""
    if exit_code == DONE:
        return Verdict("end", "done")
    if exit_code == NEEDS_A_PERSON:
        return Verdict("hold", "a person must act before it can run again")
    if exit_code == BUSY and alone:
        return Verdict("again", "another process still has this tenant", _BUSY)
    if exit_code == BUSY:
        return Verdict("end", "another process runs this tenant already; stop that one first")
    if exit_code == NO_RULES:
        return Verdict("end", "its rules have errors")
    cause = f"exit code {exit_code}"
    if exit_code < 0:
        cause = f"killed by signal {-exit_code}" + (f" while it was {state}" if state else "")
    if lives[-1].hung:
        cause = f"it gave no sign of life for {policy.silence / 1000:g} s and was killed"
    row = 0
    for life in reversed(lives):
        row += 1
        if life.ended - life.began >= _STEADY:
            break
    last = [life for life in lives[-policy.crashes :] if lives[-1].ended - life.ended <= policy.within]
    if len(last) >= policy.crashes:
        why = f"it crashed {len(last)} times within {policy.within / 1000:g} s ({cause})"
        return Verdict("hold", why, action=f"See why: `wabot logs TENANT`. Mend it, {GO_ON}.")
    wait = wait_after(policy, row)
    wait = round(wait * chance.uniform(0.5, 1))  # tenants that died together do not all come back at once
    return Verdict("again", f"{cause}; starting it again in {wait / 1000:.1f} s", wait)
