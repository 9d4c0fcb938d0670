"""`wabot analytics`: what the bot did in a period: a line for each tenant, or all about one."""

from dataclasses import dataclass
from typing import Any

import typer

from wabot.analytics.overview import NOTHING, Figures, Overview, overview
from wabot.analytics.period import Period
from wabot.cli import render
from wabot.cli.analytics.options import HERE, Data, First, Last, Lasting, Output, Tenants
from wabot.cli.analytics.overview_page import page, silent_page, together
from wabot.cli.analytics.shops import Asked, Shop, Unread, exit_code, figures_of_tenants
from wabot.cli.output import Format, say
from wabot.model.errors import UsageError


def analytics(
    context: typer.Context,
    data: Data = HERE,
    tenant: Tenants = None,
    first: First = "",
    last: Last = "",
    lasting: Lasting = "",
    output: Output = Format.text,
) -> None:
    """Show what the chats of a period add up to: customers, conversations, messages, what the bot did alone, how long
    customers waited. With several tenants a line each, and all together; with one (`--tenant`) all about it."""
    if context.invoked_subcommand is not None:
        _hand_on(context, context.invoked_subcommand)
        return
    asked = Asked(first, last, lasting)
    shops = figures_of_tenants(data, tenant or ())
    told = [one if isinstance(one, Unread) else _told(one, asked) for one in shops]
    if output is Format.json:
        sums = _sum([one.overview.total for one in told if isinstance(one, Told)])
        say(render.as_json({"tenants": [_data(one) for one in told], "total": figures_data(sums)}))
    elif not told:
        say(f"nothing is stored in {data} yet")
    elif len(told) == 1 and isinstance(one := told[0], Told):
        silence = one.shop.silence(one.period)
        lines = silent_page(one.shop, one.period, silence) if silence else page(one.shop, one.overview)
        say("\n".join(lines))
    else:
        rows = [one if isinstance(one, Unread) else (one.shop, one.overview) for one in told]
        say("\n".join(together(rows, _sum([one.overview.total for one in told if isinstance(one, Told)]))))
    raise typer.Exit(exit_code(shops))


@dataclass(frozen=True, slots=True)
class Told:
    """One tenant's figures."""

    shop: Shop
    overview: Overview

    @property
    def period(self) -> Period:
        return self.overview.period


def _told(shop: Shop, asked: Asked) -> Told:
    period = shop.period(asked)
    with shop.asking() as ask:
        return Told(shop, overview(ask, period))


def _sum(figures: list[Figures]) -> Figures:
    return Figures._make(map(sum, zip(*figures, strict=True))) if figures else NOTHING


def _hand_on(context: typer.Context, command: str) -> None:
    """The data folder may stand before the command's name; everything else belongs behind it."""
    given = [
        parameter
        for parameter in context.command.params
        if parameter.name and getattr(context.get_parameter_source(parameter.name), "name", "") == "COMMANDLINE"
    ]
    for parameter in given:
        if parameter.name != "data":
            option = parameter.opts[0]
            raise UsageError(f"{option} goes behind the command's name: wabot analytics {command} {option} …")
    known = dict(context.default_map or {})
    if given:
        known[command] = {**known.get(command, {}), "data": context.params["data"]}
    context.default_map = known


def _data(one: Told | Unread) -> dict[str, Any]:
    if isinstance(one, Unread):
        return {"tenant": one.tenant, "error": one.error}
    return {
        **one.shop.about(one.period),
        "total": figures_data(one.overview.total),
        "days": [{"date": day.isoformat(), **figures_data(figures)} for day, figures in one.overview.days.items()],
    }


def figures_data(figures: Figures) -> dict[str, Any]:
    """Figures for machines: percentages and seconds are null where nothing was counted."""
    return {
        "customers": figures.unique_customers,
        "new_customers": figures.new_customers,
        "conversations": figures.conversations,
        "chats": figures.chats,
        "settled": figures.resolved,
        "handed_over": figures.handed_over,
        "messages": {
            "total": figures.messages,
            "from_customers": figures.from_customers,
            "from_rules": figures.from_rules,
            "from_people": figures.from_people,
            "from_system": figures.from_system,
            "failed": figures.failed,
            "delivered": figures.delivered,
            "read": figures.read,
        },
        "bot_alone": _ratio(figures.alone),
        "delivery": _ratio(figures.delivery),
        "answered_by_rules": _ratio(figures.answers),
        "no_rule_knew": _ratio(figures.strange),
        "rules_success": _ratio(figures.success),
        "questions_answered": _ratio(figures.responded),
        "seconds": {
            "response": figures.response.seconds,
            "response_by_rules": figures.response_by_rules.seconds,
            "response_by_people": figures.response_by_people.seconds,
            "first_response": figures.first_response.seconds,
            "first_response_open": figures.first_response_open.seconds,
            "first_response_closed": figures.first_response_closed.seconds,
            "first_response_by_people": figures.first_person_response.seconds,
            "until_settled": figures.resolution.seconds,
        },
        "csat": {"answers": figures.csat_answers, "average": figures.csat},
        "operators": {"online": figures.online, "at_work": figures.at_work},
    }


def _ratio(ratio: Any) -> dict[str, Any]:
    told = {"part": ratio.part, "whole": ratio.whole, "percent": ratio.percent}
    return told if ratio.goal is None else {**told, "goal": ratio.goal, "reached": ratio.reached}
