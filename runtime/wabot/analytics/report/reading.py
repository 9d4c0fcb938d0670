"""Putting a report together from what is counted."""

from dataclasses import replace
from typing import Final

from wabot.analytics.customers import customers
from wabot.analytics.funnel import funnel
from wabot.analytics.hours import opening
from wabot.analytics.known import Known, known
from wabot.analytics.operators import PHONE, UNNAMED, operators
from wabot.analytics.overview import Figures, overview, read_days, total
from wabot.analytics.period import Period
from wabot.analytics.report.contents import Report
from wabot.analytics.rule_figures import rule_figures
from wabot.analytics.unanswered import Matter, Tenant, read_questions, unanswered
from wabot.language.rule_set import RuleSet
from wabot.model.segments import Segments
from wabot.store.sqlite.queries import Ask

_MOST_ASKED: Final = 10


def read_report(
    ask: Ask,
    period: Period,
    rules: RuleSet | None,
    made_at: int,
    *,
    name: str,
    language: str = "",
    anonymous: bool = False,
) -> Report:
    """The report of `period`, made at `made_at` (UTC milliseconds), in the tenant's language unless another is named.
    `rules` are the tenant's (None: nobody knows them, nor with them its hours, its menus and what it is called but for
    `name`). An anonymous report holds no name and no words of customers and operators.

    Raises:
        sqlite3.Error: the store cannot be read.
    """
    found = known(ask)
    segments = rules.tenant.segments if rules else Segments()
    report = Report(
        name=rules.tenant.name if rules else name,
        language=language or (rules.tenant.language if rules else "id"),
        overview=overview(ask, period),
        before=_before(ask, period.before(), found),
        shop=opening(rules.hours, period) if rules and not rules.hours.always else None,
        counted_at=found.counted_at,
        made_at=made_at,
        rules=rule_figures(ask, period, rules.rules if rules else None),
        unanswered=unanswered(
            read_questions(ask, period, rules), Tenant(None, period.zone, rules), made_at, most=_MOST_ASKED
        ),
        people=tuple(one for one in operators(ask, period) if one.chats or one.messages or one.settled),
        menus=tuple(menu for menu in funnel(ask, period, rules) if menu.opened) if rules else (),
        customers=customers(ask, period, made_at - segments.inactive_after),
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
    those, asked = report.customers, report.unanswered
    return replace(
        report,
        people=tuple(people),
        unanswered=replace(asked, matters=tuple(map(_without_words, asked.matters))) if asked else None,
        customers=replace(those, tags=(), most_active=()) if those else None,
    )


def _before(ask: Ask, period: Period, found: Known) -> Figures | None:
    """What the period before added up to; None where it was not counted from its first day on."""
    if found.first is None or found.first > period.first:
        return None
    return total(ask, period, read_days(ask, period))


def _without_words(matter: Matter) -> Matter:
    return replace(matter, word="", examples=(), beside=(), rule=None)
