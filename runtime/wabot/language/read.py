"""From checked data to values. Every file has passed its schema before it comes here."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from wabot.language.document import Document
from wabot.language.hours import YEARS, Hours, Spans, parse_days, parse_span, read_spans, read_weekly, written_before
from wabot.language.responses import Response
from wabot.language.responses.handoff import ForwardToCs, SmartRoute
from wabot.language.responses.media import Media
from wabot.language.responses.menu import EXPIRES, Menu, Option
from wabot.language.responses.nothing import Nothing
from wabot.language.responses.template import TemplateFile
from wabot.language.responses.text import Text
from wabot.language.rule_set import (
    Conditions,
    FollowUp,
    QuickReply,
    Rule,
    TagCondition,
)
from wabot.language.template import Template
from wabot.language.triggers import TRIGGERS, Trigger
from wabot.language.triggers.goto import OnlyGoto

_UNITS: Final = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_TRIGGERS: Final[Mapping[str, Callable[[Mapping[str, Any]], Trigger]]] = {kind.kind: kind.read for kind in TRIGGERS}


def duration(text: str) -> int:
    """`"1h30m"` → milliseconds. Of an endless number only so many digits are read: it is too long anyhow."""
    return sum(int(number.lstrip("0")[:15] or 0) * _UNITS[unit] for number, unit in re.findall(r"(\d+)([smhd])", text))


def read_hours(document: Document) -> Hours:
    """hours.yaml; what is impossible in it (an empty span, a 30 February) is reported on the document."""
    data = document.data
    days = data.get("holidays", {})
    closed: list[tuple[date, date]] = []
    for index, text in enumerate(days.get("closed", ())):
        try:
            first, _, last = text.partition("..")
            begin, end = _date(first), _date(last or first)
            if end < begin:
                raise ValueError(f"{text} ends before it begins")
            closed.append((begin, end))
        except ValueError as error:
            _impossible(document, error, "holidays", "closed", index)
    special: dict[date, Spans] = {}
    for text, spans in days.get("special", {}).items():
        try:
            special[_date(text)] = read_spans(spans)
        except ValueError as error:
            _impossible(document, error, "holidays", "special", text)
    weekly: tuple[Spans, ...] = ((),) * 7
    for name, spans in data["weekly"].items():
        if twice := written_before(name, data["weekly"]):
            at = document.locate(("weekly", name), key=True)
            document.report("WB207", twice, "write each day once", at=at)
        try:
            read = read_weekly({name: spans})
            weekly = tuple(new or old for new, old in zip(read, weekly, strict=True))
        except ValueError as error:
            _impossible(document, error, "weekly", name)
    calendar = days.get("calendar", "")
    if calendar and not _is_calendar(calendar):
        at = document.locate(("holidays", "calendar"))
        document.report(
            "WB211", f"no calendar of public holidays is known for `{calendar}`", "write ID for Indonesia", at=at
        )
    return Hours(weekly, calendar, tuple(sorted(closed)), special, always=False)


@dataclass(frozen=True, slots=True)
class Files:
    """What replies are made of, by file name: the texts of templates/, and the places of what lies in media/."""

    templates: Mapping[str, str]
    media: Mapping[str, Path]


def read_rule(document: Document, index: int, found: Files) -> Rule:
    """One entry of a rules file.

    Raises:
        ValueError: a span of hours in it is no span.
    """
    data = document.entries[index]
    trigger = data.get("trigger")
    response = data["response"] if isinstance(data["response"], dict) else {}
    return Rule(
        id=data["id"],
        name=data.get("name", ""),
        description=data.get("description", ""),
        enabled=data.get("enabled", True),
        priority=data.get("priority", 50),
        trigger=OnlyGoto() if trigger is None else _TRIGGERS[trigger["type"]](trigger),
        conditions=_conditions(data["conditions"]) if "conditions" in data else None,
        response=_response(data["response"], found),
        cooldown=optional_duration(data, "cooldown"),
        max_per_day=data.get("max_triggers_per_day"),
        delay=optional_duration(data, "delay"),
        continues=data.get("continue", False),
        tags=frozenset((*data.get("tags", ()), *response.get("tags", ()))),
        set_priority=response.get("set_priority", data.get("set_priority")),
        follow_up=_follow_up(data["follow_up"]) if "follow_up" in data else None,
        location=document.locate(("rules", index, "id")),
    )


def read_quick_reply(data: Mapping[str, Any]) -> QuickReply:
    """One entry of quick-replies.yaml."""
    return QuickReply(
        shortcut=data["shortcut"],
        title=data["title"],
        message=data["message"],
        category=data.get("category", ""),
        tags=tuple(data.get("tags", ())),
        operators=tuple(data.get("operators", ())),
    )


def _follow_up(data: Mapping[str, Any]) -> FollowUp:
    return FollowUp(duration(data["after"]), Template(data["message"].strip()))


def _conditions(data: Mapping[str, Any]) -> Conditions:
    types, tags, segment = data.get("message_type"), data.get("customer_tags"), data.get("segment")
    count, last, days = data.get("message_count"), data.get("last_contact"), data.get("days")
    return Conditions(
        first_message=data.get("first_message"),
        hours=data.get("hours"),
        message_type=None if types is None else frozenset(types),
        customer_tags=None if tags is None else TagCondition(**{key: frozenset(value) for key, value in tags.items()}),
        has_order_history=data.get("has_order_history"),
        segment=None if segment is None else frozenset([segment] if isinstance(segment, str) else segment),
        message_count=None if count is None else (count.get("min"), count.get("max")),
        last_contact=None
        if last is None
        else (optional_duration(last, "more_than"), optional_duration(last, "less_than")),
        between=parse_span(data["between"]) if "between" in data else None,
        days=None if days is None else frozenset(day for text in days for day in parse_days(text)),
    )


def _response(data: Any, found: Files) -> Response:
    if isinstance(data, str):
        return Text((Template(data.strip()),))
    kind = data["type"]
    messages = _messages(data.get("caption" if kind == "media" else "message", ()))
    if kind == "text":
        return Text(messages)
    if kind == "template":
        return TemplateFile(data["template"], (Template(found.templates.get(data["template"], "")),))
    if kind == "menu":
        return _menu(data, messages)
    if kind == "forward_to_cs":
        return ForwardToCs(messages, _target(data["to"])) if "to" in data else ForwardToCs(messages)
    if kind == "smart_route":
        return SmartRoute(data["route"], _target(data["to"]), messages)
    if kind == "media":
        return Media(data["file"], found.media.get(data["file"]), messages)
    return Nothing()


def _menu(data: Mapping[str, Any], messages: tuple[Template, ...]) -> Menu:
    options = tuple(
        Option(entry["key"].strip(), entry["label"].strip(), entry.get("goto", ""), entry.get("action"))
        for entry in data["options"]
    )
    invalid = Template(data["invalid"].strip()) if "invalid" in data else None
    return Menu(messages, options, invalid, duration(data["expires"]) if "expires" in data else EXPIRES)


def _messages(data: str | list[str]) -> tuple[Template, ...]:
    return tuple(Template(text.strip()) for text in ([data] if isinstance(data, str) else data))


def _target(data: Mapping[str, str]) -> str:
    ((kind, name),) = data.items()
    return f"{kind}:{name}"


def optional_duration(data: Mapping[str, str], key: str) -> int | None:
    """`data[key]` in milliseconds, if it is written."""
    return duration(data[key]) if key in data else None


def _date(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text} is no date") from None
    if day.year not in YEARS:
        raise ValueError(f"{text} is too far away; years run from {YEARS[0]} to {YEARS[-1]}")
    return day


def _impossible(document: Document, error: ValueError, *steps: str | int) -> None:
    document.report("WB207", str(error), "", at=document.locate(steps))


def _is_calendar(country: str) -> bool:
    from holidays.utils import list_supported_countries

    return country in list_supported_countries(include_aliases=False)
