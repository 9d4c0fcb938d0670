"""Putting a report together from what is counted."""

from dataclasses import replace

from wabot.analytics.customers import customers
from wabot.analytics.funnel import funnel
from wabot.analytics.hours import opening
from wabot.analytics.operators import PHONE, UNNAMED, operators
from wabot.analytics.overview import Figures, overview, read_days, total
from wabot.analytics.period import Period
from wabot.analytics.report.contents import Report
from wabot.language.rule_set import RuleSet
from wabot.model.segments import Segments
from wabot.store.sqlite.queries import Ask


def read_report(
    ask: Ask,
    tenant: str,
    period: Period,
    rules: RuleSet | None,
    made_at: int,
    *,
    language: str = "",
    anonymous: bool = False,
) -> Report:
    """The report of `period`, made at `made_at` (UTC milliseconds), in the tenant's language unless another is named.
    Without `rules` nobody knows the shop's name, its hours and its menus. An anonymous report holds no name and no
    words of customers and operators.

    Raises:
        sqlite3.Error: the store cannot be read.
    """
    inactive_after = (rules.tenant.segments if rules else Segments()).inactive_after
    report = Report(
        name=rules.tenant.name if rules else tenant,
        language=language or (rules.tenant.language if rules else "id"),
        overview=overview(ask, period),
        before=_before(ask, period.before()),
        shop=opening(rules.hours, period) if rules and not rules.hours.always else None,
        counted_at=ask("figures_known").fetchone()["aggregated_at"],
        made_at=made_at,
        people=tuple(one for one in operators(ask, period) if one.chats or one.messages or one.settled),
        menus=tuple(menu for menu in funnel(ask, period, rules) if menu.opened) if rules else (),
        customers=customers(ask, period, made_at - inactive_after),
    )
    return without_names(report) if anonymous else report


def without_names(report: Report) -> Report:
    """The report without what customers and operators are called, and without what customers wrote. Tags go, too: they
    may hold anything."""
    people, number = [], 0
    for one in report.people:
        if one.email in (PHONE, UNNAMED):
            people.append(one)
        else:
            number += 1
            people.append(one._replace(email=f"{number}", name=f"Operator {number}"))
    known = report.customers
    return replace(
        report,
        people=tuple(people),
        questions=tuple(question._replace(wording="") for question in report.questions),
        customers=replace(known, tags=(), most_active=()) if known else None,
    )


def _before(ask: Ask, period: Period) -> Figures | None:
    """What the period before added up to; None where it was not counted from its first day on."""
    first = ask("figures_known").fetchone()["first"]
    if first is None or first > period.first.isoformat():
        return None
    return total(ask, period, read_days(ask, period))
