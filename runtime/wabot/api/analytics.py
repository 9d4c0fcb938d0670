"""Figures of a span of days: the dashboard, conversations, automatic replies, and the people who answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from fastapi import APIRouter, Query, Request, Response

from wabot.analytics import overview as days_of
from wabot.analytics.hours import Week, read_week
from wabot.analytics.operators import Work, operators
from wabot.analytics.overview import Figures
from wabot.analytics.period import DEFAULT_DAYS, Period
from wabot.analytics.rule_figures import RuleFigures, rule_figures
from wabot.analytics.standing import statuses
from wabot.api import figure_answers
from wabot.api.answers import conditional, iso
from wabot.api.figure_shapes import Dashboard, OfConversations, OfPeople, OfRules
from wabot.api.figures import Told, figures_of
from wabot.api.guard import Home, Who, may
from wabot.api.problems import Problem
from wabot.engine.hours import local
from wabot.language.hours import YEARS
from wabot.language.rule_set import Rule
from wabot.store.sqlite.queries import Ask

router = APIRouter(prefix="/api/analytics", tags=["analytics"])

LONGEST: Final = 3 * 365 + 1
"""Days of a span at most: three years."""
_TOP: Final = 10
_WRONG: Final[dict[int | str, dict[str, Any]]] = {
    400: {"description": f"That is no span of days, or one of more than {LONGEST}."},
    409: {"description": "The tenant has no sound rules, so nobody knows its time zone."},
}
_From = Query("", alias="dateFrom", max_length=40, description="The first day, as 2026-01-01.")
_To = Query("", alias="dateTo", max_length=40, description="The last day, included.")


@dataclass(frozen=True, slots=True)
class _Whole:
    """All that is told of a span: one moment's, so that the parts of an answer, and all answers, agree."""

    total: Figures
    days: Mapping[date, Figures]
    standing: Mapping[str, int]
    week: Week
    rules: RuleFigures
    people: tuple[Work, ...]
    ids: Mapping[str, str]
    """Of those who are or were the shop's people, by e-mail."""


@router.get("/dashboard", response_model=Dashboard, responses=_WRONG)
async def dashboard(
    request: Request, house: Home, first: str = _From, last: str = _To, who: Who = may("view_analytics")
) -> Response:
    period = await _period(house, who, first, last)
    told = await figures_of(house).get(who.tenant, period, _whole)
    found, names = told.figures, await _written(house, who)
    return conditional(
        request,
        {
            "period": figure_answers.period_of(period),
            "overview": figure_answers.overview(found.total, found.standing),
            "trends": figure_answers.trends(found.days),
            "topAutoReplies": [
                {"ruleId": one.rule, "ruleName": _name(names, one.rule), "triggeredCount": one.fired}
                for one in found.rules.rules[:_TOP]
                if one.fired
            ],
            "csPerformance": [
                {
                    "csId": one["id"],
                    "csName": one["name"],
                    "chatsHandled": one["chatsHandled"],
                    "avgResponseTime": one["averageResponseTime"],
                }
                for one in _people(found)
            ],
        },
        _as_of(told),
    )


@router.get("/conversations", response_model=OfConversations, responses=_WRONG)
async def conversations(
    request: Request, house: Home, first: str = _From, last: str = _To, who: Who = may("view_analytics")
) -> Response:
    """How conversations stand, and when customers write."""
    period = await _period(house, who, first, last)
    told = await figures_of(house).get(who.tenant, period, _whole)
    found = told.figures
    body = figure_answers.conversations(found.total, found.standing, found.week)
    return conditional(request, {"period": figure_answers.period_of(period), **body}, _as_of(told))


@router.get("/auto-replies", response_model=OfRules, responses=_WRONG)
async def auto_replies(
    request: Request, house: Home, first: str = _From, last: str = _To, who: Who = may("view_analytics")
) -> Response:
    """What the rules answered, whether that was enough, and why they were silent."""
    period = await _period(house, who, first, last)
    told = await figures_of(house).get(who.tenant, period, _whole)
    found, written = told.figures, await _written(house, who)
    acted = {one.rule for one in found.rules.rules}
    body = figure_answers.auto_replies(found.total, found.days, found.rules.rules, found.rules.silences)
    for said, one in zip(body["rules"], found.rules.rules, strict=True):
        said |= {"ruleName": _name(written, one.rule), "lastTriggeredAt": iso(one.last_at)}
    silent = [rule for rule in written.values() if rule.enabled and rule.id not in acted]
    body["neverTriggered"] = [{"ruleId": rule.id, "ruleName": rule.name or rule.id} for rule in silent]
    return conditional(request, {"period": figure_answers.period_of(period), **body}, _as_of(told))


@router.get("/cs-performance", response_model=OfPeople, responses=_WRONG)
async def cs_performance(
    request: Request, house: Home, first: str = _From, last: str = _To, who: Who = may("view_analytics")
) -> Response:
    """What each of the people who answer did."""
    period = await _period(house, who, first, last)
    told = await figures_of(house).get(who.tenant, period, _whole)
    found = told.figures
    others = [figure_answers.performance(one, "") for one in found.people if one.email not in found.ids]
    body = {"period": figure_answers.period_of(period), "operators": _people(found), "others": others}
    return conditional(request, body, _as_of(told))


def _whole(ask: Ask, period: Period) -> _Whole:
    days = days_of.read_days(ask, period)
    return _Whole(
        days_of.total(ask, period, days),
        days,
        statuses(ask, period),
        read_week(ask, period),
        rule_figures(ask, period),
        operators(ask, period),
        {row["email"]: row["id"] for row in (*ask("operators_at_work"), *ask("operators_disabled"))},
    )


async def _period(house: Home, who: Who, first: str, last: str) -> Period:
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
    begin = read("dateFrom", first, end - timedelta(DEFAULT_DAYS - 1))
    if not 0 <= (end - begin).days < LONGEST:
        raise Problem(400, f"dateFrom must not be after dateTo, nor {LONGEST} days before it or more.", "INVALID")
    return Period(begin, end, zone)


async def _written(house: Home, who: Who) -> Mapping[str, Rule]:
    """The tenant's rules by their ids."""
    rules = await house.rules(who.tenant)
    return {} if rules is None else {rule.id: rule for rule in rules.rules}


def _people(found: _Whole) -> list[dict[str, Any]]:
    """Who had the most chats comes first."""
    known = [figure_answers.performance(one, found.ids[one.email]) for one in found.people if one.email in found.ids]
    return sorted(known, key=lambda one: (-one["chatsHandled"], one["name"], one["id"]))


def _name(written: Mapping[str, Rule], rule: str) -> str:
    """A rule that is gone goes by its id."""
    return (written[rule].name or rule) if rule in written else rule


def _as_of(told: Told[Any]) -> dict[str, str | None]:
    """That figures were counted anew makes no others of them."""
    return {"asOf": iso(told.as_of)}
