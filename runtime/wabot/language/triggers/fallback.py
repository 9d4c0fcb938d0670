"""Asked only when no other rule answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self


@dataclass(frozen=True, slots=True)
class Fallback:
    kind: ClassVar[str] = "fallback"

    @classmethod
    def read(cls, _data: Mapping[str, Any]) -> Self:
        return cls()
