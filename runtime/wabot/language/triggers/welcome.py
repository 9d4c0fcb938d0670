"""The customer's first message ever."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from wabot.model.value import value


@value
class Welcome:
    kind: ClassVar[str] = "welcome"

    @classmethod
    def read(cls, _data: Mapping[str, Any]) -> Self:
        return cls()
