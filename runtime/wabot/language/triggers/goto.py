"""No trigger at all: the rule answers only where an option of a menu leads to it."""

from typing import ClassVar

from wabot.model.value import value


@value
class OnlyGoto:
    kind: ClassVar[str] = "goto"
