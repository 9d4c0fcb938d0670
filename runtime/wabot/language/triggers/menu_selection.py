"""The customer chose an option of an open menu."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from wabot.model.value import value


@value
class MenuSelection:
    """`menu` is the id of the rule that opens the menu, `key` that of the option."""

    kind: ClassVar[str] = "menu_selection"
    menu: str
    key: str

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        return cls(data["menu"], data["key"])
