"""tenant.yaml, from checked data to the tenant that it describes."""

from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from wabot.language.csat import Csat
from wabot.language.orders import OrdersLookup
from wabot.language.read import duration
from wabot.language.rule_set import AutoReply, Handoff, MediaSettings, Tenant
from wabot.language.template import Template
from wabot.model.segments import Segments

FOR_EVER: Final = "forever"
"""Says of `keep` that nothing is deleted."""
NEVER: Final = "never"
"""Says of `handoff.answer_within` that a chat is never offered again."""


def read_tenant(tenant_id: str, data: Mapping[str, Any]) -> Tenant:
    """tenant.yaml.

    Raises:
        ZoneInfoNotFoundError, ValueError: the time zone does not exist.
    """
    reply, handoff, csat = data.get("auto_reply", {}), data.get("handoff", {}), data.get("csat", {})
    return Tenant(
        id=tenant_id,
        name=data["name"],
        phone=data["phone"],
        timezone=ZoneInfo(data["timezone"]),
        language=data.get("language", "id"),
        vars=data.get("vars", {}),
        teams=tuple(data.get("teams", ())),
        include=tuple(data.get("include", ())),
        auto_reply=AutoReply(
            **_present(reply, "enabled", "max_per_contact_per_day", "max_per_minute", "dry_run", "mark_read"),
            **_durations(reply, "delay", "debounce", "stale_after"),
            only=frozenset(reply.get("only", ())),
            except_=frozenset(reply.get("except", ())),
        ),
        handoff=Handoff(
            **_present(handoff, "assign", "notify"),
            **_durations(handoff, "pause", "absent_after"),
            **_patience(handoff),
            nobody=Template(handoff["nobody"].strip()) if "nobody" in handoff else None,
        ),
        segments=_segments(data.get("segments", {})),
        media=_media_settings(data.get("media", {})),
        orders=_orders_lookup(data["orders"]) if "orders" in data else None,
        csat=Csat(**_present(csat, "enabled", "question"), **_durations(csat, "wait")),
        **_present(data, "managed"),
        **({"keep": None} if data.get("keep") == FOR_EVER else _durations(data, "keep")),
    )


def _patience(handoff: Mapping[str, Any]) -> dict[str, Any]:
    if handoff.get("answer_within") == NEVER:
        return {"answer_within": None}
    return _durations(handoff, "answer_within")


def size(text: str) -> int:
    """`"10MB"` → bytes."""
    return int(text[:-2]) * (1_000_000 if text.endswith("MB") else 1_000)


def _segments(data: Mapping[str, Any]) -> Segments:
    """What is written for a segment takes the place of all its defaults."""
    found: dict[str, Any] = {}
    for name in ("regular", "vip"):
        if name in data:
            found |= {f"{name}_{key}": data[name].get(key) for key in ("messages", "orders")}
    if "inactive" in data:
        found["inactive_after"] = duration(data["inactive"]["after"])
    return Segments(**found)


def _orders_lookup(data: Mapping[str, Any]) -> OrdersLookup:
    return OrdersLookup(**_present(data, "url", "header"), **_durations(data, "cache", "timeout"))


def _media_settings(data: Mapping[str, Any]) -> MediaSettings:
    found = _present(data, "download")
    if "max_size" in data:
        found["max_size"] = size(data["max_size"])
    if "types" in data:
        found["types"] = frozenset(data["types"])
    return MediaSettings(**found)


def _present(data: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: data[key] for key in keys if key in data}


def _durations(data: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: duration(data[key]) for key in keys if key in data}
