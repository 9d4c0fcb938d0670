"""Parts of a rule in a few words, from the YAML as its owner wrote it: also fields that are new."""

from collections.abc import Mapping
from typing import Any

_CARRIES_TEXT = ("message", "caption", "file")


def trigger(entry: Mapping[str, Any]) -> str:
    """`jam buka, buka jam`, `word: menu`, `/JP\\d{10}/`, `first message`, `while closed`, `nobody else answered`."""
    asked = entry.get("trigger", {})
    kind = asked.get("type", "")
    if kind == "keyword":
        match = asked.get("match", "contains")
        return ("" if match == "contains" else f"{match}: ") + ", ".join(asked["keywords"])
    if kind == "pattern":
        return f"/{asked['regex']}/"
    if kind == "welcome":
        return "first message ever"
    if kind == "fallback":
        return "no other rule answered"
    if kind == "time_based":
        return f"while {asked['hours']}" if "hours" in asked else "in its working_hours"
    rest = {name: value for name, value in asked.items() if name != "type"}
    return " ".join(part for part in (kind or "only by goto", value(rest) if rest else "") if part)


def response(entry: Mapping[str, Any]) -> str:
    """The kind (left out for a text) and the first words."""
    answer = entry.get("response", "")
    if isinstance(answer, str):
        return _line(answer)
    kind = answer.get("type", "text")
    if kind == "template":
        return f"templates/{answer['template']}"
    said = next((answer[name] for name in _CARRIES_TEXT if name in answer), "")
    told = _line(said if isinstance(said, str) else " | ".join(map(str, said)))
    return told if kind == "text" else f"{kind}: {told}" if told else kind


def limits(entry: Mapping[str, Any]) -> str:
    """`10m`, `3/day`, `10m 3/day`, "" for none."""
    parts = [entry["cooldown"]] if "cooldown" in entry else []
    parts += [f"{entry['max_triggers_per_day']}/day"] if "max_triggers_per_day" in entry else []
    return " ".join(parts)


def conditions(entry: Mapping[str, Any]) -> str:
    """`message_type: image, document; hours: open`."""
    return "; ".join(f"{name}: {value(asked)}" for name, asked in entry.get("conditions", {}).items())


def value(data: Any) -> str:
    """A value of YAML on one line, without its brackets."""
    if isinstance(data, bool):
        return "true" if data else "false"
    if isinstance(data, Mapping):
        return ", ".join(f"{name} {value(inside)}" for name, inside in data.items())
    return ", ".join(map(value, data)) if isinstance(data, list) else str(data)


def _line(text: str) -> str:
    return " ".join(text.split())
