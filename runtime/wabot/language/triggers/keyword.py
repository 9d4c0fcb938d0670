"""Words that the customer's text contains, equals, begins or ends with."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

from wabot.model.value import value

Match = Literal["exact", "contains", "starts_with", "ends_with", "word", "regex", "fuzzy"]


@value
class Keyword:
    """`keywords` as written; with `match: regex` each is an RE2 regex. `max_typos` belongs to `match: fuzzy` (None: by
    the keyword's length)."""

    kind: ClassVar[str] = "keyword"
    keywords: tuple[str, ...]
    match: Match = "contains"
    case_sensitive: bool = False
    max_typos: int | None = None

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            tuple(data["keywords"]),
            data.get("match", "contains"),
            data.get("case_sensitive", False),
            data.get("max_typos"),
        )
