"""A reply written in the rule itself."""

from dataclasses import dataclass
from typing import ClassVar

from wabot.language.template import Template


@dataclass(frozen=True, slots=True)
class Text:
    kind: ClassVar[str] = "text"
    message: Template

    @property
    def template(self) -> Template:
        return self.message
