"""A longer reply, kept in a file under templates/."""

from dataclasses import dataclass
from typing import ClassVar

from wabot.language.template import Template


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """`name` is the file's, as written in the rule; `messages` holds its one text."""

    kind: ClassVar[str] = "template"
    name: str
    messages: tuple[Template, ...]
