"""A rule's trigger: as the API's contract has it, flat and in camelCase, and as rules have it.

The contract's `workingHours` are those of the shop: its rules of the type `time_based` answer outside of them, so they
are written with `hours: closed`.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from wabot.api.problems import Problem
from wabot.language.hours import DAYS, parse_days

Entry = Mapping[str, Any]
FIELDS: Final = (
    *("triggerType", "keywords", "matchType", "caseSensitive", "maxTypos", "regexPattern"),
    *("hours", "workingHours", "menuRuleId", "menuKey"),
)
"""What of a rule on the wire is its trigger."""
UNSAID: Final[tuple[Any, ...]] = (None, False, [], "")
"""What a form sends for a field that its user left alone."""
GOTO: Final = "goto"
"""The type of a rule without a trigger, which only an option of a menu leads to."""
_WHOLE_WEEK: Final = tuple(range(1, 8))


def to_wire(trigger: Entry | None, timezone: str) -> dict[str, Any]:
    """The fields of a written trigger; those that it has not are None."""
    told: dict[str, Any] = dict.fromkeys(FIELDS)
    if trigger is None:
        return {**told, "triggerType": GOTO}
    told["triggerType"] = kind = trigger["type"]
    if kind == "keyword":
        told["keywords"] = list(trigger["keywords"])
        told["matchType"] = trigger.get("match", "contains")
        told["maxTypos"] = trigger.get("max_typos")
    if kind in ("keyword", "pattern"):
        told["caseSensitive"] = trigger.get("case_sensitive", False)
    if kind == "pattern":
        told["regexPattern"] = trigger["regex"]
    if kind == "time_based":
        weekly = trigger.get("working_hours")
        told["hours"] = trigger.get("hours", "open")
        told["workingHours"] = None if weekly is None else _hours_to_wire(weekly, timezone)
    if kind == "menu_selection":
        told["menuRuleId"], told["menuKey"] = trigger["menu"], trigger["key"]
    return told


def from_wire(told: Entry, timezone: str) -> dict[str, Any] | None:
    """The trigger to be written; None for a rule that has none.

    Raises:
        Problem: 422, a field is missing that this type needs, or belongs to another type.
    """
    kind = told["triggerType"]
    if kind == GOTO:
        return None
    make, needed, allowed = _KINDS[kind]
    for name in needed:
        if told.get(name) in UNSAID:
            raise Problem(422, f"A rule of the type {kind} needs `{name}`.", "INVALID_RULE", field=name)
    for name in FIELDS[1:]:
        if told.get(name) not in UNSAID and name not in (*needed, *allowed):
            raise Problem(422, f"A rule of the type {kind} has no `{name}`.", "INVALID_RULE", field=name)
    return {"type": kind, **make(told, timezone)}


def _keyword(told: Entry, _timezone: str) -> dict[str, Any]:
    match, typos = told.get("matchType") or "contains", told.get("maxTypos")
    made: dict[str, Any] = {"keywords": list(told["keywords"])}
    made |= {"match": match} if match != "contains" else {}
    made |= {"case_sensitive": True} if told.get("caseSensitive") else {}
    return made | ({"max_typos": typos} if typos is not None else {})


def _pattern(told: Entry, _timezone: str) -> dict[str, Any]:
    return {"regex": told["regexPattern"], **({"case_sensitive": True} if told.get("caseSensitive") else {})}


def _time_based(told: Entry, timezone: str) -> dict[str, Any]:
    hours, own = told.get("hours"), told.get("workingHours")
    if own is None:
        if hours is None:
            raise Problem(422, "A rule of the type time_based needs `workingHours` or `hours`.", "INVALID_RULE")
        return {"hours": hours}
    if own.get("timezone") not in (None, timezone):
        message = f"Rules follow the tenant's time zone, {timezone}; {own['timezone']} cannot be another rule's."
        raise Problem(422, message, "INVALID_RULE", field="workingHours.timezone")
    span = f"{own['start']}-{own['end']}"
    state = hours or "closed"
    weekly = {days: [span] for days in _ranges([(day - 1) % 7 for day in own.get("days") or _WHOLE_WEEK])}
    return {**({"hours": "closed"} if state == "closed" else {}), "working_hours": weekly}


def _ranges(days: list[int]) -> list[str]:
    """[0, 1, 2, 6] → mon-wed, sun."""
    found: list[list[int]] = []
    for day in sorted(set(days)):
        if found and found[-1][-1] == day - 1:
            found[-1].append(day)
        else:
            found.append([day])
    return [DAYS[run[0]] if len(run) == 1 else f"{DAYS[run[0]]}-{DAYS[run[-1]]}" for run in found]


def _hours_to_wire(weekly: Mapping[str, Any], timezone: str) -> dict[str, Any] | None:
    """One span on some days; None for hours that are more than that."""
    spans = {tuple(spans) if isinstance(spans, list) else () for spans in weekly.values()} - {()}
    if len(spans) != 1 or len(span := spans.pop()) != 1:
        return None
    start, _, end = span[0].partition("-")
    days = sorted(day + 1 for name, spans in weekly.items() if spans != "closed" for day in parse_days(name))
    return {"start": start, "end": end, "timezone": timezone, "days": days}


def _selection(told: Entry, _timezone: str) -> dict[str, Any]:
    return {"menu": told["menuRuleId"], "key": told["menuKey"]}


_Make = Callable[[Entry, str], dict[str, Any]]
_KINDS: Final[Mapping[str, tuple[_Make, tuple[str, ...], tuple[str, ...]]]] = {
    "welcome": (lambda *_: {}, (), ()),
    "fallback": (lambda *_: {}, (), ()),
    "keyword": (_keyword, ("keywords",), ("matchType", "caseSensitive", "maxTypos")),
    "pattern": (_pattern, ("regexPattern",), ("caseSensitive",)),
    "time_based": (_time_based, (), ("hours", "workingHours")),
    "menu_selection": (_selection, ("menuRuleId", "menuKey"), ()),
}
"""What writes a trigger of each type, the fields that it needs, and those that it may have."""
