"""A list of options, of which the customer's next messages may choose one."""

from typing import ClassVar, Final, Literal

from wabot.language.template import Template
from wabot.model.value import value

Action = Literal["forward_to_cs", "back", "close"]

EXPIRES: Final = 30 * 60_000


@value
class Option:
    """What may be chosen, by `key` or `label`: the rule `goto` answers, or `action` happens. With neither, a rule with
    the trigger menu_selection answers."""

    key: str
    label: str
    goto: str = ""
    action: Action | None = None


@value
class Menu:
    """`invalid` is said when nothing else answered while the menu is open; it stays open for `expires` milliseconds
    after its last use."""

    kind: ClassVar[str] = "menu"
    messages: tuple[Template, ...]
    options: tuple[Option, ...]
    invalid: Template | None = None
    expires: int = EXPIRES
