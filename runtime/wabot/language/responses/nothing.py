"""No reply: only the rule's effects."""

from typing import ClassVar

from wabot.language.template import Template
from wabot.model.value import value


@value
class Nothing:
    kind: ClassVar[str] = "none"
    messages: tuple[Template, ...] = ()
