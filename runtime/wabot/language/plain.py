"""Rules and findings as plain data that JSON can hold, and back: what takes a YAML reader, schemas and checks to find
out need not be found out twice. Nothing in the data is ever executed: it only fills the kinds of values listed here.
"""

import os
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from wabot.language.csat import Csat
from wabot.language.diagnostic import Diagnostic, Location
from wabot.language.hours import Hours, Span
from wabot.language.orders import OrdersLookup
from wabot.language.responses import RESPONSES
from wabot.language.responses.menu import Option
from wabot.language.rule_set import (
    AutoReply,
    Conditions,
    FollowUp,
    Handoff,
    Matcher,
    MediaSettings,
    QuickReply,
    Rule,
    RuleSet,
    TagCondition,
    Tenant,
)
from wabot.language.template import Template
from wabot.language.triggers import TRIGGERS
from wabot.language.triggers.goto import OnlyGoto
from wabot.model.segments import Segments

_KINDS: Final[dict[str, Callable[..., Any]]] = {
    kind.__name__: kind
    for kind in (
        *(Rule, Tenant, AutoReply, Handoff, Conditions, TagCondition, QuickReply, FollowUp, Hours, Span, Option),
        *(Segments, MediaSettings, Csat, OrdersLookup),
        *(Diagnostic, Location, OnlyGoto, *TRIGGERS, *RESPONSES),
    )
}


class NotPlain(ValueError):
    """A value is of no kind that is written here, or a file lies neither in the tenant's folder nor beside it."""


def to_plain(value: Any, folder: Path) -> Any:
    """`value` as plain data; every path in it relative to the tenant's `folder`.

    Raises:
        NotPlain: that cannot be done.
    """
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Path):
        return _path(value, folder)
    if isinstance(value, Template):
        return ["template", value.source]
    if isinstance(value, ZoneInfo):
        return ["zone", value.key]
    if isinstance(value, date):
        return ["date", value.isoformat()]
    name = type(value).__name__
    if _KINDS.get(name) is type(value):
        return [name, *(to_plain(getattr(value, part), folder) for part in _parts(type(value)))]
    if isinstance(value, tuple | list | frozenset):
        inside = [to_plain(item, folder) for item in value]
        return [name, *(sorted(inside, key=repr) if isinstance(value, frozenset) else inside)]
    if isinstance(value, Mapping):
        return ["dict", *(to_plain(part, folder) for pair in value.items() for part in pair)]
    raise NotPlain(f"{name} is not written")


def from_plain(data: Any, folder: Path) -> Any:
    """The value that `to_plain` made `data` of.

    Raises:
        ValueError, KeyError, TypeError …: it made no such data.
    """
    if type(data) is not list:
        return data
    name = data[0]
    if name in _SINGLE:
        return _SINGLE[name](data[1])
    if name == "own":
        return folder / data[1]
    if name == "shared":
        return folder.parent / data[1]
    inside = [from_plain(item, folder) if type(item) is list else item for item in data[1:]]
    if name in _SEVERAL:
        return _SEVERAL[name](inside)
    return _KINDS[name](*inside)


def rules_to_plain(rule_set: RuleSet, hours: Hours, folder: Path) -> Any:
    """A rule set without its matcher, and with `hours` for its hours: they may know more holidays.

    Raises:
        NotPlain: as `to_plain`.
    """
    parts = (rule_set.tenant, rule_set.rules, rule_set.revision, hours, rule_set.quick_replies)
    return to_plain(parts, folder)


def rules_from_plain(data: Any, folder: Path, build: Callable[[tuple[Rule, ...]], Matcher]) -> RuleSet:
    """The rule set, with the matcher that `build` makes.

    Raises:
        ValueError, KeyError, TypeError …: as `from_plain`.
    """
    tenant, rules, revision, hours, quick_replies = from_plain(data, folder)
    return RuleSet(tenant, rules, revision, build(rules), hours, quick_replies)


def _parts(kind: Any) -> tuple[str, ...]:
    """The names of a kind's fields, in the order in which it is made of them."""
    names: tuple[str, ...] = kind._fields if issubclass(kind, tuple) else kind.__slots__
    return names


def _pairs(flat: list[Any]) -> dict[Any, Any]:
    return dict(zip(flat[::2], flat[1::2], strict=True))


_SINGLE: Final[dict[str, Callable[[Any], Any]]] = {
    "template": Template,
    "zone": ZoneInfo,
    "date": date.fromisoformat,
}
_SEVERAL: Final[dict[str, Callable[[Any], Any]]] = {
    "tuple": tuple,
    "frozenset": frozenset,
    "dict": _pairs,
    "list": list,
}


def _path(path: Path, folder: Path) -> list[str]:
    for kind, base in (("own", folder), ("shared", folder.parent)):
        if path == base or base in path.parents:
            return [kind, os.fspath(path.relative_to(base))]
    raise NotPlain(f"{path} lies elsewhere")
