"""No trigger at all: the rule answers only where an option of a menu leads to it."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class OnlyGoto:
    kind: ClassVar[str] = "goto"
