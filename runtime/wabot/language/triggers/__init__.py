"""What makes a rule a candidate: one file a kind, and the one list of them."""

from typing import Final

from wabot.language.triggers.fallback import Fallback
from wabot.language.triggers.keyword import Keyword
from wabot.language.triggers.pattern import Pattern
from wabot.language.triggers.time_based import TimeBased
from wabot.language.triggers.welcome import Welcome

Trigger = Welcome | Keyword | Pattern | TimeBased | Fallback

TRIGGERS: Final = (Welcome, Keyword, Pattern, TimeBased, Fallback)
