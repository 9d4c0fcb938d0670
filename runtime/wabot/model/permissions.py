"""What people may do in a tenant, by their role. Names as the API's tokens bear them."""

from collections.abc import Mapping
from typing import Final, Literal

from wabot.model.people import Role

Permission = Literal[
    "view_conversations",
    "send_messages",
    "assign_chats",
    "delete_messages",
    "manage_contacts",
    "manage_rules",
    "manage_quick_replies",
    "manage_operators",
    "manage_whatsapp",
    "manage_integrations",
    "view_analytics",
    "view_audit",
]

_VIEWER: Final[frozenset[Permission]] = frozenset({"view_conversations", "view_analytics"})
_OPERATOR: Final[frozenset[Permission]] = _VIEWER | {"send_messages", "manage_contacts"}
_SUPERVISOR: Final[frozenset[Permission]] = _OPERATOR | {"assign_chats", "delete_messages", "manage_quick_replies"}
_ADMIN: Final[frozenset[Permission]] = _SUPERVISOR | {
    "manage_rules",
    "manage_operators",
    "manage_whatsapp",
    "manage_integrations",
    "view_audit",
}
ROLE_PERMISSIONS: Final[Mapping[Role, frozenset[Permission]]] = {
    "viewer": _VIEWER,
    "operator": _OPERATOR,
    "supervisor": _SUPERVISOR,
    "admin": _ADMIN,
    "owner": _ADMIN,
}
PERMISSIONS: Final = tuple(sorted(_ADMIN))


def permissions_of(role: Role, overrides: Mapping[str, bool]) -> frozenset[str]:
    """What somebody may do: what their role may, but for what is said of them alone."""
    granted = {name for name, given in overrides.items() if given}
    refused = {name for name, given in overrides.items() if not given}
    return frozenset((ROLE_PERMISSIONS[role] | granted) - refused)
