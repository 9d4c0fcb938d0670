"""What makes a rule a candidate: one file a kind, and the one list of them."""

from typing import Final

from wabot.language.triggers.fallback import Fallback
from wabot.language.triggers.goto import OnlyGoto
from wabot.language.triggers.keyword import Keyword
from wabot.language.triggers.menu_selection import MenuSelection
from wabot.language.triggers.pattern import Pattern
from wabot.language.triggers.time_based import TimeBased
from wabot.language.triggers.welcome import Welcome

Trigger = Welcome | Keyword | Pattern | TimeBased | MenuSelection | Fallback | OnlyGoto

TRIGGERS: Final = (Welcome, Keyword, Pattern, TimeBased, MenuSelection, Fallback)
"""Those that are written, by `type`; `OnlyGoto` is what a rule without a trigger has."""
