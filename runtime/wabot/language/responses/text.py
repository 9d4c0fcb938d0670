"""A reply written in the rule itself."""

from typing import ClassVar

from wabot.language.template import Template
from wabot.model.value import value


@value
class Text:
    """Of several `messages` one is picked in turn."""

    kind: ClassVar[str] = "text"
    messages: tuple[Template, ...]
