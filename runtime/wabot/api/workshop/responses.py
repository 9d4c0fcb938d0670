"""What a rule answers: as the API's contract has it, flat and in camelCase, and as rules have it."""

from collections.abc import Mapping
from typing import Any, Final

from wabot.api.problems import Problem
from wabot.api.workshop.triggers import UNSAID

Entry = Mapping[str, Any]
FIELDS: Final = (
    *("responseType", "responseMessage", "responseTemplate", "responseFile", "menuOptions"),
    *("routeTo", "routeCondition"),
)
"""What of a rule on the wire is its response."""
_ACTIONS: Final = ("forward_to_cs", "back", "close")
_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "text": ("responseMessage",),
    "template": ("responseTemplate",),
    "menu": ("responseMessage", "menuOptions"),
    "forward_to_cs": (),
    "smart_route": ("routeCondition", "routeTo"),
    "media": ("responseFile",),
    "none": (),
}
_ALLOWED: Final[Mapping[str, tuple[str, ...]]] = {
    "forward_to_cs": ("responseMessage", "routeTo"),
    "smart_route": ("responseMessage",),
    "media": ("responseMessage",),
}
_WRITTEN: Final = ("type", "message", "caption", "template", "file", "options", "to", "route")
"""The keys that this module writes; any other is left as it stands."""


def to_wire(response: Any) -> dict[str, Any]:
    """The fields of a written response; those that it has not are None."""
    told: dict[str, Any] = dict.fromkeys(FIELDS)
    if isinstance(response, str):
        return {**told, "responseType": "text", "responseMessage": response}
    message = response.get("caption" if response["type"] == "media" else "message")
    options = response.get("options")
    return {
        "responseType": response["type"],
        "responseMessage": list(message) if isinstance(message, list) else message,
        "responseTemplate": response.get("template"),
        "responseFile": response.get("file"),
        "menuOptions": None if options is None else [_option_to_wire(option) for option in options],
        "routeTo": dict(response["to"]) if "to" in response else None,
        "routeCondition": response.get("route"),
    }


def from_wire(told: Entry, before: Any = None) -> Any:
    """The response to be written, in place of `before`, whose other keys stay if it is of the same type.

    Raises:
        Problem: 422, a field is missing that this type needs, or belongs to another type.
    """
    kind = told["responseType"]
    needed = _NEEDED[kind]
    for name in needed:
        if told.get(name) in UNSAID:
            raise Problem(422, f"A response of the type {kind} needs `{name}`.", "INVALID_RULE", field=name)
    for name in FIELDS[1:]:
        if told.get(name) not in UNSAID and name not in (*needed, *_ALLOWED.get(kind, ())):
            raise Problem(422, f"A response of the type {kind} has no `{name}`.", "INVALID_RULE", field=name)
    old = before if isinstance(before, Mapping) and before["type"] == kind else {}
    kept = {key: value for key, value in old.items() if key not in _WRITTEN}
    message = told.get("responseMessage")
    if kind == "text" and isinstance(message, str) and not kept:
        return message
    made: dict[str, Any] = {"type": kind}
    for key, value in (
        ("template", told.get("responseTemplate")),
        ("file", told.get("responseFile")),
        ("caption" if kind == "media" else "message", message),
        ("route", told.get("routeCondition")),
        ("to", {key: name for key, name in (told.get("routeTo") or {}).items() if name is not None} or None),
    ):
        made |= {key: value} if value is not None else {}
    if kind == "menu":
        made["options"] = [_option(option) for option in told["menuOptions"]]
    return made | kept


def _option(told: Entry) -> dict[str, Any]:
    """An action that is none of ours names the rule that answers: the contract has no other field for it."""
    made = {"key": told["key"], "label": told["label"]}
    action, following = told.get("action"), told.get("nextRuleId")
    if following and action in (None, "", following):
        return made | {"goto": following}
    if following:
        message = f"The option {told['key']} has both `nextRuleId` and the action {action}: give one."
        raise Problem(422, message, "INVALID_RULE", field="menuOptions")
    if action in _ACTIONS:
        return made | {"action": action}
    return made | ({"goto": action} if action else {})


def _option_to_wire(option: Entry) -> dict[str, Any]:
    goto = option.get("goto")
    return {
        "key": option["key"],
        "label": option["label"],
        "action": option.get("action", goto),
        "nextRuleId": goto,
    }
