"""No reply: only the rule's effects."""

from dataclasses import dataclass
from typing import ClassVar

from wabot.language.template import Template


@dataclass(frozen=True, slots=True)
class Nothing:
    kind: ClassVar[str] = "none"
    messages: tuple[Template, ...] = ()
