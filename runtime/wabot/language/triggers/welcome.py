"""The customer's first message ever."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self


@dataclass(frozen=True, slots=True)
class Welcome:
    kind: ClassVar[str] = "welcome"

    @classmethod
    def read(cls, _data: Mapping[str, Any]) -> Self:
        return cls()
