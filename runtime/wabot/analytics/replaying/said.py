"""What rules answer to one message."""

from typing import NamedTuple

from wabot.engine.decide import Decision
from wabot.model.context import Context


class Said(NamedTuple):
    """What one rule answered: the text as the customer sees it (None: the rule sends nothing), or why it failed."""

    rule: str
    text: str | None
    error: str = ""


class Heard(NamedTuple):
    """A customer's message as the rules decide it, the context before it, and what they say."""

    decision: Decision
    context: Context
    said: tuple[Said, ...]
