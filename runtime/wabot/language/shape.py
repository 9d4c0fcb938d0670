"""Whether a file has the shape that its JSON Schema asks for, told so that a shop owner can act on it.

jsonschema-rs accepts (fast); jsonschema explains, and is imported only when there is something to explain.
"""

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from copy import deepcopy
from functools import cache
from typing import Any, Final, Literal, NamedTuple, cast

import jsonschema_rs

from wabot.language.diagnostic import Location
from wabot.language.document import Document, Steps
from wabot.language.resources import schemas

Listing = Literal["rules", "tests", "quick-replies"]
Kind = Literal["tenant", "hours", "node"] | Listing

_PLAIN: Final = {
    "string": "a text",
    "object": "a mapping (key: value)",
    "array": "a list",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}


@cache
def schema(kind: Kind) -> dict[str, Any]:
    """The schema of one kind of file."""
    loaded: dict[str, Any] = json.loads((schemas() / f"{kind}.schema.json").read_text("utf-8"))
    return loaded


@cache
def _accepts(kind: Kind) -> Any:
    return jsonschema_rs.validator_for(schema(kind))


@cache
def _explains(kind: Kind) -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(schema(kind))


def is_valid(kind: Kind, data: Any) -> bool:
    """The fast answer, without reasons."""
    return bool(_accepts(kind).is_valid(data))


def check_shape(document: Document, kind: Kind) -> bool:
    """Report on `document` everything in which it departs from the schema; True when nothing does."""
    if is_valid(kind, document.data):
        return True
    found = len(document.findings)
    seen: set[tuple[Location, str]] = set()
    unquoted = {finding.location for finding in document.findings if finding.code == "WB006"}
    for error in sorted(
        _explains(kind).iter_errors(document.data), key=lambda error: [str(step) for step in error.path]
    ):
        for code, message, hint, at in _explain(document, error):
            if (at, message) not in seen and at not in unquoted:
                seen.add((at, message))
                document.report(code, message, hint, at=at)
    if len(document.findings) == found and not unquoted:
        first = next(iter(_accepts(kind).iter_errors(document.data)))
        document.report("WB103", str(first.message), at=document.locate(tuple(first.instance_path)))
    return False


class Departure(NamedTuple):
    """One thing in which a file departs from its schema: at `steps`, `value` breaks the schema's keyword `what`, whose
    argument is `allowed`. `pattern` is the one beside it, `known` the keys that the mapping may have."""

    steps: Steps
    what: str
    allowed: Any
    value: Any
    pattern: str
    known: tuple[str, ...]


def departures(document: Document) -> Iterator[Departure]:
    """Everything in which a file departs from its schema, for those who mend it; slow, as explanations are."""
    if not document.kind or document.data is None:
        return
    for error in _explains(cast("Kind", document.kind)).iter_errors(document.data):
        beside = error.schema if isinstance(error.schema, Mapping) else {}
        steps: Steps = tuple(error.absolute_path)
        known = tuple(beside.get("properties", ()))
        yield Departure(steps, error.validator, error.validator_value, error.instance, beside.get("pattern", ""), known)


_LISTS: Final[Mapping[Listing, tuple[str, str]]] = {
    "rules": ("rules", "rule"),
    "tests": ("tests", "test"),
    "quick-replies": ("quick_replies", "quick_reply"),
}
"""Kinds of files that are lists: the list's key, and the name of an entry's definition in the schema."""


def entries(kind: Listing, data: Any) -> list[Any]:
    """The entries of a file that has the right shape."""
    found: list[Any] = data[_LISTS[kind][0]]
    return found


def salvage(kind: Listing, data: Any) -> list[Any]:
    """The entries of a file that has not the right shape, each without what is wrong in it, so that one slip hides no
    other mistake; None where too little is left."""
    key, _ = _LISTS[kind]
    listed = data.get(key) if isinstance(data, dict) else None
    return [_pruned(kind, deepcopy(entry)) for entry in listed] if isinstance(listed, list) else []


def _pruned(kind: Listing, entry: Any) -> Any:
    triggered = isinstance(entry, dict) and "trigger" in entry
    for _ in range(5):
        errors = list(_explains_entry(kind).iter_errors(entry))
        if not errors:
            # Without its trigger a rule would mean another thing; its texts can still be looked at.
            return {**entry, "enabled": False} if triggered and "trigger" not in entry else entry
        for error in errors:
            if not error.absolute_path and error.validator != "additionalProperties":
                return None
            _remove(entry, error)
    return None


def _remove(entry: Any, error: Any) -> None:
    way = list(error.absolute_path)
    as_text = error.validator == "type" and error.validator_value == "string" and isinstance(error.instance, int)
    if error.validator == "not":  # keys that exclude each other: the first may stay
        way.append(error.validator_value["required"][-1])
    elif error.validator != "additionalProperties" and not as_text:
        # A list goes as a whole: without one item, the others would no longer stand where they are written.
        while isinstance(way[-1], int):
            way.pop()
    here: Any = entry
    with suppress(KeyError, IndexError, TypeError):  # an earlier error of the same round took it along
        for step in way[:-1]:
            here = here[step]
        if as_text:
            here[way[-1]] = str(error.instance)
            return
        if error.validator != "additionalProperties":
            del here[way[-1]]
            return
        inside = here[way[-1]] if way else here
        for key in inside.keys() - error.schema.get("properties", {}).keys():
            del inside[key]


@cache
def _explains_entry(kind: Listing) -> Any:
    from jsonschema import Draft202012Validator

    whole = schema(kind)
    return Draft202012Validator({"$ref": f"#/$defs/{_LISTS[kind][1]}", "$defs": whole["$defs"]})


Explanation = tuple[str, str, str, Location]


def _explain(document: Document, error: Any) -> Iterator[Explanation]:
    steps: Steps = tuple(error.absolute_path)
    at = document.locate(steps)
    what, allowed, value = error.validator, error.validator_value, error.instance
    expected = error.schema.get("x-expect", "") if isinstance(error.schema, Mapping) else ""
    name = _name(steps)
    if "propertyNames" in error.absolute_schema_path:
        message = f"`{value}` is not allowed as a key here"
        yield "WB101", message, f"write {expected}" if expected else "", document.locate((*steps, value), key=True)
    elif what == "additionalProperties":
        known = list(error.schema.get("properties", ()))
        for key in value:
            if key not in known:
                yield "WB101", f"unknown key `{key}`", _suggest(key, known), document.locate((*steps, key), key=True)
    elif what == "required":
        known = list(error.schema.get("properties", ()))
        misspelt = {_closest(key, known) for key in value if key not in known}
        for key in allowed:
            if key not in value and key not in misspelt:
                yield "WB102", f"`{key}` is missing {_inside(steps)}", "", _whole(document, steps, value)
    elif what == "dependentRequired":
        for key, needed in allowed.items():
            if key in value:
                yield "WB102", f"`{key}` needs `{needed[0]}` beside it", "", document.locate((*steps, key), key=True)
    elif what == "type":
        yield _wrong_type(document, steps, allowed, value, error.schema)
    elif what in ("enum", "const"):
        yield _not_allowed(name, [allowed] if what == "const" else list(allowed), value, at)
    elif what == "pattern":
        yield "WB105", f"`{_short(value)}` is not {expected or 'of the right form'}", "", at
    elif what in ("minLength", "minItems", "minProperties"):
        yield "WB106", f"{name} must not be empty", "write something in it, or leave the key away", at
    elif what in ("minimum", "maximum"):
        low, high = error.schema.get("minimum"), error.schema.get("maximum")
        limits = f"at least {low}" if high is None else f"from {low} to {high}"
        yield "WB106", f"{name} must be {limits}, not {value}", "", at
    elif what == "maxLength":
        yield "WB106", f"{name} has {len(value):,} characters; at most {allowed:,} are allowed", "shorten it", at
    elif what == "uniqueItems":
        yield "WB106", f"{name} lists something twice", "remove the second one", at
    elif what == "maxProperties":
        known = list(error.schema.get("properties", ()))
        yield "WB106", f"{name} takes only one of {_listed(known)}", "remove the others", at
    elif what == "not":
        yield "WB102", f"{name} takes {expected}", "remove one of them", at
    elif what in ("anyOf", "oneOf"):
        keys = [key for branch in allowed for key in branch.get("required", ())]
        yield "WB102", f"{name} needs {'one' if what == 'oneOf' else 'at least one'} of {_listed(keys)}", "", at
    else:
        yield "WB103", error.message, "", at


def _wrong_type(document: Document, steps: Steps, allowed: Any, value: Any, fragment: Mapping[str, Any]) -> Explanation:
    expected, pattern = fragment.get("x-expect", ""), fragment.get("pattern")
    types = [allowed] if isinstance(allowed, str) else list(allowed)
    wanted = " or ".join(_PLAIN[name] for name in types)
    raw = document.raw(steps)
    hint = f"it must be {expected}" if expected else ""
    if "string" in types and isinstance(value, bool | int | float):
        quoted = not pattern or re.match(pattern, raw.strip())
        hint = f'put it in quotes: "{raw.strip()}"' if quoted else f"write {expected}"
    elif types == ["boolean"] and isinstance(value, str) and value.lower() in ("yes", "no", "on", "off"):
        hint = f"write {'true' if value.lower() in ('yes', 'on') else 'false'}"
    elif types == ["array"]:
        hint = (
            f"put it in brackets: [{_short(raw)}]" if not isinstance(value, dict | list) and value is not None else hint
        )
    name = _name(steps)
    return "WB103", f"{name} must be {wanted}, not {_described(value)}", hint, document.locate(steps)


def _not_allowed(name: str, allowed: list[Any], value: Any, at: Location) -> Explanation:
    if name == "`version`":
        if value == str(allowed[0]):
            return (
                "WB104",
                f'the version "{value}" is a text here, not a number',
                "write it without quotes: `version: 1`",
                at,
            )
        message = f"version {_short(value)} is not known; this wabot reads version {allowed[0]}"
        return "WB104", message, "write `version: 1`", at
    hint = _suggest(str(value), [str(item) for item in allowed])
    return "WB104", f"`{_short(value)}` is not known as {name}", hint, at


def _whole(document: Document, steps: Steps, value: Mapping[str, Any]) -> Location:
    """A finding about a whole rule (quick reply, test) stands at what names it."""
    for name in ("id", "shortcut", "name"):
        if name in value and len(steps) == 2:
            return document.locate((*steps, name))
    return document.locate(steps)


def _name(steps: Steps) -> str:
    words = [step for step in steps if isinstance(step, str)]
    if not words:
        return "the file"
    return f"an entry of `{words[-1]}`" if isinstance(steps[-1], int) else f"`{words[-1]}`"


def _inside(steps: Steps) -> str:
    return "at the top of the file" if not steps else f"in {_name(steps)}"


def _suggest(word: str, known: list[str]) -> str:
    allowed = f"allowed here: {', '.join(known)}"
    close = _closest(word, known)
    return f"did you mean `{close}`? {allowed}" if close else allowed


def _closest(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word.casefold(), known, n=1, cutoff=0.6)
    return close[0] if close else ""


def _listed(keys: list[str]) -> str:
    return " or ".join(f"`{key}`" for key in keys)


def _described(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"the number {value}"
    return "a text" if isinstance(value, str) else _PLAIN["array" if isinstance(value, list) else "object"]


def _short(value: Any) -> str:
    text = str(value).strip().replace("\n", " ")
    return text if len(text) <= 40 else text[:39] + "…"
