"""A rule: as the API's contract has it, flat and in camelCase, and as an entry of a rules file.

Fields that stand for each other are one group. A change of a rule writes the groups that it speaks of, and leaves the
others as they stand, with whatever the wire has no name for.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import Any, Final

from wabot.api.workshop import responses, triggers
from wabot.api.workshop.durations import counted, written

Entry = Mapping[str, Any]
_MINUTE: Final = 60_000
_SECOND: Final = 1_000
ORDER: Final = (
    *("id", "name", "description", "enabled", "trigger", "conditions", "priority", "response", "cooldown"),
    *("max_triggers_per_day", "delay", "continue", "tags", "set_priority", "follow_up", "examples"),
)
"""In what order a new rule is written."""
_PLAIN: Final = {"name": "name", "description": "description", "maxTriggersPerDay": "max_triggers_per_day",
                 "tags": "tags", "setPriority": "set_priority"}  # fmt: skip


def to_wire(entry: Entry, timezone: str) -> dict[str, Any]:
    """A rule as it is told. `timezone` is the tenant's."""
    return {
        "id": entry["id"],
        "name": entry.get("name") or entry["id"],
        "description": entry.get("description"),
        **triggers.to_wire(entry.get("trigger"), timezone),
        "conditions": _conditions_to_wire(entry.get("conditions", {})),
        **responses.to_wire(entry["response"]),
        "priority": entry.get("priority", 50),
        "cooldownMinutes": counted(entry["cooldown"], _MINUTE) if "cooldown" in entry else None,
        "maxTriggersPerDay": entry.get("max_triggers_per_day"),
        "delaySeconds": counted(entry["delay"], _SECOND) if "delay" in entry else None,
        "continueToNext": entry.get("continue", False),
        "tags": list(entry.get("tags", ())),
        "setPriority": entry.get("set_priority"),
        "isActive": entry.get("enabled", True),
    }


def from_wire(told: Entry, before: Entry | None, timezone: str) -> dict[str, Any]:
    """The entry to be written: `before` with what `told` speaks of; a field that is None is taken away. Without
    `before`, a new one; its id is given.

    Raises:
        Problem: 422, what is told makes no rule.
    """
    old = dict(before or {"id": told["id"]})
    made: dict[str, Any] = dict(old)
    whole = {**to_wire(before, timezone), **told} if before else dict(told)
    if _speaks(told, triggers.FIELDS):
        if "triggerType" in told:  # what belongs to another type is gone with it, unless it was told, too
            other = before is not None and to_wire(before, timezone)["triggerType"] != told["triggerType"]
            whole = _only(whole, told, triggers.FIELDS) if other else whole
        _put(made, "trigger", triggers.from_wire(whole, timezone))
    if _speaks(told, responses.FIELDS):
        other = before is not None and to_wire(before, timezone)["responseType"] != whole["responseType"]
        whole = _only(whole, told, responses.FIELDS) if other else whole
        made["response"] = responses.from_wire(whole, old.get("response"))
    if "conditions" in told:
        _put(made, "conditions", _conditions(told["conditions"] or {}, old.get("conditions", {})))
    for name, key in _PLAIN.items():
        if name in told:
            _put(made, key, told[name] or None)
    if "priority" in told:
        _put(made, "priority", told["priority"])
    if "cooldownMinutes" in told:
        minutes = told["cooldownMinutes"]
        _put(made, "cooldown", written(round(minutes * 60)) if minutes else None)
    if "delaySeconds" in told:
        seconds = told["delaySeconds"]
        _put(made, "delay", None if seconds is None else written(round(seconds)))
    for name, key, usual in (("isActive", "enabled", True), ("continueToNext", "continue", False)):
        if name in told:
            _put(made, key, None if told[name] in (None, usual) else told[name])
    return made if before else {key: made[key] for key in ORDER if key in made}


def free_id(name: str, taken: Collection[str]) -> str:
    """An id for a rule of that name: "Jam Buka" → jam-buka, or jam-buka-2 if that one is taken."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-") or "rule"
    slug = "rule-none" if slug == "none" else slug
    number = 1
    while (found := slug if number == 1 else f"{slug}-{number}") in taken:
        number += 1
    return found


def _conditions_to_wire(conditions: Entry) -> dict[str, Any]:
    count = conditions.get("message_count", {})
    return {
        "isFirstMessage": conditions.get("first_message"),
        "hasOrderHistory": conditions.get("has_order_history"),
        "customerTags": list(conditions.get("customer_tags", {}).get("any", ())),
        "messageCountMin": count.get("min"),
        "messageCountMax": count.get("max"),
    }


def _conditions(told: Entry, before: Entry) -> dict[str, Any] | None:
    """Of the conditions before, those that the wire has no name for stay."""
    made = {key: value for key, value in before.items() if key != "message_count"}
    for name, key in (("isFirstMessage", "first_message"), ("hasOrderHistory", "has_order_history")):
        _put(made, key, told.get(name))
    tags = {key: value for key, value in made.get("customer_tags", {}).items() if key != "any"}
    tags |= {"any": list(told["customerTags"])} if told.get("customerTags") else {}
    _put(made, "customer_tags", tags or None)
    count = {
        key: told[f"messageCount{key.title()}"] for key in ("min", "max") if told.get(f"messageCount{key.title()}")
    }
    _put(made, "message_count", count or None)
    return made or None


def _speaks(told: Entry, fields: Collection[str]) -> bool:
    return any(name in told for name in fields)


def _only(whole: Entry, told: Entry, fields: Collection[str]) -> dict[str, Any]:
    """Without those of the fields that were not told."""
    return {name: value for name, value in whole.items() if name in told or name not in fields}


def _put(made: dict[str, Any], key: str, value: Any) -> None:
    if value is None:
        made.pop(key, None)
    else:
        made[key] = value
