"""The one list of checks. Add a check here, its page to docs/checks/, and nothing else."""

from typing import Final

from wabot.lint import (
    duplicate_keyword,
    files,
    hidden_keyword,
    hours,
    idle_keyword,
    impossible_keyword,
    limits,
    loops,
    menus,
    overlap,
    safety,
    texts,
    unreachable,
    unused,
)
from wabot.lint.check import Check

CHECKS: Final[tuple[Check, ...]] = (
    *unreachable.CHECKS,
    *idle_keyword.CHECKS,
    *overlap.CHECKS,
    *hidden_keyword.CHECKS,
    *duplicate_keyword.CHECKS,
    *impossible_keyword.CHECKS,
    *menus.CHECKS,
    *loops.CHECKS,
    *limits.CHECKS,
    *hours.CHECKS,
    *texts.CHECKS,
    *safety.CHECKS,
    *unused.CHECKS,
    *files.CHECKS,
)
