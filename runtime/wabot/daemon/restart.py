"""Whether, and when, a session process that ended is started again. Pure."""

from collections.abc import Sequence
from typing import Final, NamedTuple

DONE: Final = 0
NEEDS_A_PERSON: Final = 10
"""Exit code of a session that a restart cannot help: its last state says what a person must do."""
BUSY: Final = 11
"""Exit code of a session whose tenant another process runs."""
NO_RULES: Final = 12
"""Exit code of a session that was not to wait for sound rules."""

_STEADY: Final = 60_000
"""Milliseconds of life after which earlier crashes are forgotten."""
_LONGEST: Final = 60_000


class Life(NamedTuple):
    """One run of a session process, UTC milliseconds."""

    began: int
    ended: int


class Verdict(NamedTuple):
    """Start again after `wait` milliseconds, or (None) leave it; `why` says so to people."""

    wait: int | None
    why: str


def judge(exit_code: int, lives: Sequence[Life]) -> Verdict:
    """What follows from an exit; negative codes are signals. `lives` are this tenant's runs, the last one included."""
    if exit_code == DONE:
        return Verdict(None, "done")
    if exit_code == NEEDS_A_PERSON:
        return Verdict(None, "a person must act before it can run again")
    if exit_code == BUSY:
        return Verdict(None, "another process runs this tenant already; stop that one first")
    if exit_code == NO_RULES:
        return Verdict(None, "its rules have errors")
    crashes = 0
    for life in reversed(lives):
        crashes += 1
        if life.ended - life.began >= _STEADY:
            break
    wait = min(1_000 * 2 ** (crashes - 1), _LONGEST)
    cause = f"killed by signal {-exit_code}" if exit_code < 0 else f"exit code {exit_code}"
    return Verdict(wait, f"{cause}; starting it again in {wait / 1000:g} s")
