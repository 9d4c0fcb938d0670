"""Figures of a span of days: the dashboard, conversations, automatic replies, and the people who answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from fastapi import APIRouter, Query, Request, Response

from wabot.api.answers import conditional, iso
from wabot.api.figure_shapes import Dashboard, OfConversations, OfPeople, OfRules
from wabot.api.figures import figures_of
from wabot.api.guard import Home, Who, may
from wabot.api.problems import Problem
from wabot.engine.hours import local
from wabot.language.hours import YEARS
from wabot.store.sqlite.looking_back import LONGEST, Days, Span, hours, rule_days, silences, span
from wabot.store.sqlite.queries import Ask

router = APIRouter(prefix="/api/analytics", tags=["analytics"])

_DEFAULT: Final = 30
"""Days, today included."""
_TOP: Final = 10
_WRONG: Final[dict[int | str, dict[str, Any]]] = {
    400: {"description": f"That is no span of days, or one of more than {LONGEST}."},
    409: {"description": "The tenant has no sound rules, so nobody knows its time zone."},
}
_From = Query("", alias="dateFrom", max_length=40, description="The first day, as 2026-01-01.")
_To = Query("", alias="dateTo", max_length=40, description="The last day, included.")


@dataclass(frozen=True, slots=True)
class _Told:
    span: Span
    people: tuple[Any, ...]
    """The operators, also those who are disabled."""


@router.get("/dashboard", response_model=Dashboard, responses=_WRONG)
async def dashboard(
    request: Request, house: Home, first: str = _From, last: str = _To, who: Who = may("view_analytics")
) -> Response:
    days = await _days(house, who, first, last)
    told = await figures_of(house).get(who.tenant, days, _span)
    names = await _rule_names(house, who)
    totals = told.span.totals
    return conditional(
        request,
        {
            "period": _period(days),
            "overview": {
                "totalConversations": totals["conversations"],
                "activeConversations": sum(told.span.statuses.get(one, 0) for one in ("active", "pending")),
                "resolvedConversations": sum(number for number, _ in told.span.settled.values()),
                "totalMessages": totals["messages"],
                "uniqueCustomers": totals["customers"],
                "averageResponseTime": _seconds(told.span.average_wait()),
                "averagePersonResponseTime": _seconds(told.span.average_wait("cs")),
                "autoReplyRate": _rate(told.span.answered, totals["asked"]),
            },
            "trends": {
                "conversations": [_point(day, told.span.days.get(day, (0, 0))[0]) for day in days],
                "messages": [_point(day, told.span.days.get(day, (0, 0))[1]) for day in days],
                "responseTime": [
                    {"date": day.isoformat(), "avgSeconds": _seconds(seconds)}
                    for day in days
                    if (seconds := told.span.average_wait(day=day)) is not None
                ],
            },
            "topAutoReplies": [
                {"ruleId": row["rule_id"], "ruleName": _name(names, row), "triggeredCount": row["triggered"]}
                for row in told.span.rules[:_TOP]
                if row["triggered"]
            ],
            "csPerformance": [
                {
                    "csId": one["id"],
                    "csName": one["name"],
                    "chatsHandled": one["chatsHandled"],
                    "avgResponseTime": one["averageResponseTime"],
                }
                for one in _performance(told)
            ],
        },
    )


@router.get("/conversations", response_model=OfConversations, responses=_WRONG)
async def conversations(
    request: Request, house: Home, first: str = _From, last: str = _To, who: Who = may("view_analytics")
) -> Response:
    days = await _days(house, who, first, last)
    told = await figures_of(house).get(who.tenant, days, _span)
    by_hour = await figures_of(house).get(who.tenant, days, hours)
    totals = told.span.totals
    settled = sum(number for number, _ in told.span.settled.values())
    minutes = sum(millis for _, millis in told.span.settled.values()) / settled / 60_000 if settled else 0
    return conditional(
        request,
        {
            "period": _period(days),
            "byStatus": {
                status: told.span.statuses.get(status, 0)
                for status in ("active", "pending", "resolved", "closed", "spam")
            },
            "byHour": [
                {"hour": hour, "count": by_hour.get(hour, (0, 0))[0], "messages": by_hour.get(hour, (0, 0))[1]}
                for hour in range(24)
            ],
            "averageMessagesPerConversation": round(totals["messages"] / (totals["conversations"] or 1), 2),
            "averageResolutionTime": round(minutes, 2),
        },
    )


@router.get("/auto-replies", response_model=OfRules, responses=_WRONG)
async def auto_replies(
    request: Request, house: Home, first: str = _From, last: str = _To, who: Who = may("view_analytics")
) -> Response:
    """What the rules answered, and why they were silent."""
    days = await _days(house, who, first, last)
    figures, names = figures_of(house), await _rule_names(house, who)
    told = await figures.get(who.tenant, days, _span)
    by_day, silent = await figures.get(who.tenant, days, rule_days), await figures.get(who.tenant, days, silences)
    return conditional(
        request,
        {
            "period": _period(days),
            "customerMessages": told.span.totals["asked"],
            "answered": told.span.answered,
            "autoReplyRate": _rate(told.span.answered, told.span.totals["asked"]),
            "rules": [
                {
                    "ruleId": row["rule_id"],
                    "ruleName": _name(names, row),
                    "triggeredCount": row["triggered"],
                    "failedCount": row["failed"],
                    "lastTriggeredAt": iso(row["last"]),
                    "averageExecutionTimeMs": round(row["micros"] / 1000, 3),
                }
                for row in told.span.rules
            ],
            "byDay": [_point(day, by_day.get(day, 0)) for day in days],
            "notAnswered": [{"reason": reason, "count": number} for reason, number in silent.items()],
        },
    )


@router.get("/cs-performance", response_model=OfPeople, responses=_WRONG)
async def cs_performance(
    request: Request, house: Home, first: str = _From, last: str = _To, who: Who = may("view_analytics")
) -> Response:
    """What each of the people who answer did."""
    days = await _days(house, who, first, last)
    told = await figures_of(house).get(who.tenant, days, _span)
    return conditional(request, {"period": _period(days), "operators": _performance(told)})


def _span(ask: Ask, days: Days) -> _Told:
    return _Told(span(ask, days), (*ask("operators_at_work"), *ask("operators_disabled")))


async def _days(house: Home, who: Who, first: str, last: str) -> Days:
    """The days that are asked for; by default the last thirty, today included.

    Raises:
        Problem: 400, they are none; 409, nobody knows which.
    """
    zone = (await house.sound_rules(who.tenant, "its time zone")).tenant.timezone
    today = local(house.clock.now(), zone).date()

    def read(name: str, written: str, default: date) -> date:
        if not written:
            return default
        try:
            moment = datetime.fromisoformat(written)
            day = (moment.astimezone(zone) if moment.tzinfo is not None else moment).date()
        except (ValueError, OverflowError):
            raise Problem(400, f"{name}: write a day as 2026-01-31.", "INVALID") from None
        if day.year not in YEARS:
            raise Problem(400, f"{name}: the year must be from {YEARS[0]} to {YEARS[-1]}.", "INVALID")
        return day

    end = read("dateTo", last, today)
    begin = read("dateFrom", first, end - timedelta(_DEFAULT - 1))
    if not 0 <= (end - begin).days < LONGEST:
        raise Problem(400, f"dateFrom must not be after dateTo, nor more than {LONGEST} days before it.", "INVALID")
    return Days(begin, end, zone)


async def _rule_names(house: Home, who: Who) -> Mapping[str, str]:
    rules = await house.rules(who.tenant)
    return {} if rules is None else {rule.id: rule.name or rule.id for rule in rules.rules}


def _performance(told: _Told) -> list[dict[str, Any]]:
    """Who had the most chats comes first. Those who are disabled stand there only with what they did."""
    found = []
    for row in told.people:
        messages, chats = told.span.people.get(row["email"], (0, 0))
        settled, millis = told.span.settled.get(row["id"], (0, 0))
        if row["disabled_at"] is not None and not messages and not settled:
            continue
        found.append(
            {
                "id": row["id"],
                "name": row["name"],
                "email": row["email"],
                "chatsHandled": chats,
                "chatsResolved": settled,
                "messagesSent": messages,
                "averageResponseTime": _seconds(told.span.average_wait("cs", row["email"])),
                "averageResolutionTime": round(millis / settled / 60_000, 2) if settled else 0,
            }
        )
    return sorted(found, key=lambda one: (-one["chatsHandled"], one["name"], one["id"]))


def _name(names: Mapping[str, str], row: Any) -> str:
    """A rule that is gone goes by its id."""
    return names.get(row["rule_id"], row["rule_id"])


def _point(day: date, count: int) -> dict[str, Any]:
    return {"date": day.isoformat(), "count": count}


def _period(days: Days) -> dict[str, str]:
    return {"dateFrom": days.first.isoformat(), "dateTo": days.last.isoformat(), "timezone": str(days.zone)}


def _rate(part: int, whole: int) -> float:
    return round(100 * part / whole, 2) if whole else 0


def _seconds(seconds: float | None) -> float:
    """0 where nothing was answered."""
    return 0 if seconds is None else round(seconds, 1)
