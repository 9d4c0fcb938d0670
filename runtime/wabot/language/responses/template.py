"""A longer reply, kept in a file under templates/."""

from typing import ClassVar

from wabot.language.template import Template
from wabot.model.value import value


@value
class TemplateFile:
    """`name` is the file's, as written in the rule; `messages` holds its one text."""

    kind: ClassVar[str] = "template"
    name: str
    messages: tuple[Template, ...]
