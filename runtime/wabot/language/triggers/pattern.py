"""A regex that the customer's text matches somewhere; its named groups are at hand in the reply."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from wabot.model.value import value


@value
class Pattern:
    kind: ClassVar[str] = "pattern"
    regex: str
    case_sensitive: bool = False

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        return cls(data["regex"], data.get("case_sensitive", False))
