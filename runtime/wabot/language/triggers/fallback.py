"""Asked only when no other rule answered."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from wabot.model.value import value


@value
class Fallback:
    kind: ClassVar[str] = "fallback"

    @classmethod
    def read(cls, _data: Mapping[str, Any]) -> Self:
        return cls()
