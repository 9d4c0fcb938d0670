"""The one list of what tests must exercise. Add a kind here, and its file beside the others."""

from typing import Final

from wabot.engine.coverage.conditions import ConditionsSeen
from wabot.engine.coverage.keywords import Keywords
from wabot.engine.coverage.options import Options
from wabot.engine.coverage.rules import Rules
from wabot.engine.coverage.target import Kind

KINDS: Final[tuple[Kind, ...]] = (Rules(), Keywords(), Options(), ConditionsSeen())
"""In the order in which they are reported. Missing tests are looked for from the last to the first, for what exercises
a condition exercises a keyword and the rule as well."""
