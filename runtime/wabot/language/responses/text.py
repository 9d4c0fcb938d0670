"""A reply written in the rule itself."""

from dataclasses import dataclass
from typing import ClassVar

from wabot.language.template import Template


@dataclass(frozen=True, slots=True)
class Text:
    """Of several `messages` one is picked in turn."""

    kind: ClassVar[str] = "text"
    messages: tuple[Template, ...]
