"""Replies that call a person."""

from typing import ClassVar, Final

from wabot.language.template import Template
from wabot.model.value import value

ANYONE: Final = "role:operator"
"""Whom a chat is for when the rule names nobody."""


@value
class ForwardToCs:
    """`to` is `team:NAME`, `role:NAME` or `operator:E-MAIL`. Without `messages`, wabot's own text is said."""

    kind: ClassVar[str] = "forward_to_cs"
    messages: tuple[Template, ...] = ()
    to: str = ANYONE


@value
class SmartRoute:
    """As `ForwardToCs`; `route` says why the chat goes there (complaint, technical …)."""

    kind: ClassVar[str] = "smart_route"
    route: str
    to: str
    messages: tuple[Template, ...] = ()
