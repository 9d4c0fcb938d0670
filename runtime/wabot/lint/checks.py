"""The one list of checks. Add a check here, its page to docs/checks/, and nothing else."""

from typing import Final

from wabot.lint import hours, limits, loops, menus, safety, texts, unused
from wabot.lint.check import Check

CHECKS: Final[tuple[Check, ...]] = (
    *menus.CHECKS,
    *loops.CHECKS,
    *limits.CHECKS,
    *hours.CHECKS,
    *texts.CHECKS,
    *safety.CHECKS,
    *unused.CHECKS,
)
