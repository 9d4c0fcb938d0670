"""The one list of checks. Add a check here, its page to docs/checks/, and nothing else."""

from typing import Final

from wabot.lint.check import Check

CHECKS: Final[tuple[Check, ...]] = ()
