"""From checked data to values. Every file has passed its schema before it comes here."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from wabot.language.document import Document
from wabot.language.hours import Hours, Spans, read_spans, read_weekly
from wabot.language.responses import Response
from wabot.language.responses.template import TemplateFile
from wabot.language.responses.text import Text
from wabot.language.rule_set import (
    AutoReply,
    Conditions,
    Handoff,
    QuickReply,
    Rule,
    TagCondition,
    Tenant,
)
from wabot.language.template import Template
from wabot.language.triggers import TRIGGERS, Trigger

_UNITS: Final = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_TRIGGERS: Final[Mapping[str, Callable[[Mapping[str, Any]], Trigger]]] = {kind.kind: kind.read for kind in TRIGGERS}


def duration(text: str) -> int:
    """`"1h30m"` → milliseconds."""
    return sum(int(number) * _UNITS[unit] for number, unit in re.findall(r"(\d+)([smhd])", text))


def read_tenant(tenant_id: str, data: Mapping[str, Any]) -> Tenant:
    """tenant.yaml.

    Raises:
        ZoneInfoNotFoundError, ValueError: the time zone does not exist.
    """
    reply, handoff = data.get("auto_reply", {}), data.get("handoff", {})
    return Tenant(
        id=tenant_id,
        name=data["name"],
        phone=data["phone"],
        timezone=ZoneInfo(data["timezone"]),
        language=data.get("language", "id"),
        vars=data.get("vars", {}),
        teams=tuple(data.get("teams", ())),
        auto_reply=AutoReply(
            **_present(reply, "enabled", "max_per_contact_per_day", "max_per_minute", "dry_run"),
            **_durations(reply, "delay", "stale_after"),
            only=frozenset(reply.get("only", ())),
            except_=frozenset(reply.get("except", ())),
        ),
        handoff=Handoff(**_present(handoff, "assign", "notify"), **_durations(handoff, "pause")),
    )


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


def read_rule(document: Document, index: int, templates: Mapping[str, str]) -> Rule:
    """One entry of a rules file; `templates` holds the texts of templates/ by file name."""
    data = document.entries[index]
    trigger = data["trigger"]
    return Rule(
        id=data["id"],
        name=data.get("name", ""),
        description=data.get("description", ""),
        enabled=data.get("enabled", True),
        priority=data.get("priority", 50),
        trigger=_TRIGGERS[trigger["type"]](trigger),
        conditions=_conditions(data["conditions"]) if "conditions" in data else None,
        response=_response(data["response"], templates),
        cooldown=duration(data["cooldown"]) if "cooldown" in data else None,
        max_per_day=data.get("max_triggers_per_day"),
        delay=duration(data["delay"]) if "delay" in data else None,
        continues=data.get("continue", False),
        tags=frozenset(data.get("tags", ())),
        set_priority=data.get("set_priority"),
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


def _conditions(data: Mapping[str, Any]) -> Conditions:
    types, tags = data.get("message_type"), data.get("customer_tags")
    return Conditions(
        first_message=data.get("first_message"),
        hours=data.get("hours"),
        message_type=None if types is None else frozenset(types),
        customer_tags=None if tags is None else TagCondition(**{key: frozenset(value) for key, value in tags.items()}),
    )


def _response(data: Any, templates: Mapping[str, str]) -> Response:
    if isinstance(data, str):
        return Text(Template(data.strip()))
    if data["type"] == "text":
        return Text(Template(data["message"].strip()))
    return TemplateFile(data["template"], Template(templates.get(data["template"], "")))


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text} is no date") from None


def _present(data: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: data[key] for key in keys if key in data}


def _durations(data: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: duration(data[key]) for key in keys if key in data}


def _impossible(document: Document, error: ValueError, *steps: str | int) -> None:
    document.report("WB207", str(error), "", at=document.locate(steps))


def _is_calendar(country: str) -> bool:
    from holidays.utils import list_supported_countries

    return country in list_supported_countries(include_aliases=False)
