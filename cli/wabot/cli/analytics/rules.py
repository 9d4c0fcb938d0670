"""`wabot analytics rules`: what each rule did, which did nothing, and why none answered."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from wabot.analytics.period import Period
from wabot.analytics.rule_figures import RuleFigure, RuleFigures, rule_figures
from wabot.cli.analytics.drawing import bar
from wabot.cli.analytics.options import HERE, Data, First, Last, Lasting, Output, Tenants
from wabot.cli.analytics.page import columns, paragraph, room, title
from wabot.cli.analytics.shops import Asked, Shop
from wabot.cli.analytics.since import since
from wabot.cli.analytics.spoken import number, percent
from wabot.cli.analytics.telling import tell
from wabot.cli.analytics.written_rules import Rules, again, checkout_of, written_rules
from wabot.cli.output import Format
from wabot.cli.table import table
from wabot.engine.hours import local_day
from wabot.store.sqlite.queries import Ask

_BAR: Final = 24
_MARKS: Final = {"off": " (off)", "gone": " (gone)"}
_WORDS: Final = (
    "alone: of its answers, those after which neither a person wrote within 10 minutes (a person) nor the customer "
    "went on with something that no rule knew (not known)."
)


class Sort(StrEnum):
    """What the rules are sorted by: the most first."""

    fired = "fired"
    alone = "alone"
    person = "person"
    unknown = "unknown"
    failed = "failed"
    last = "last"


_KEYS: Final[Mapping[Sort, Callable[[RuleFigure], float]]] = {
    Sort.fired: lambda one: one.fired,
    Sort.alone: lambda one: -1 if one.share_alone is None else one.share_alone,
    Sort.person: lambda one: one.by_person,
    Sort.unknown: lambda one: one.unknown_next,
    Sort.failed: lambda one: one.failed,
    Sort.last: lambda one: one.last_at or 0,
}


@dataclass(frozen=True, slots=True)
class _Told:
    """The figures, since when the idle rules are there, and the command that tells more of what no rule knew."""

    figures: RuleFigures
    since: Mapping[str, int]
    known: bool
    zone: tzinfo
    more: str

    def day(self, at: int | None) -> str:
        """The tenant's day of a moment."""
        return "" if at is None else local_day(at, self.zone)


def rules(
    data: Data = HERE,
    tenant: Tenants = None,
    first: First = "",
    last: Last = "",
    lasting: Lasting = "",
    path: Rules = None,
    sort: Annotated[Sort, typer.Option("--sort", help="The rules with the most of this come first.")] = Sort.fired,
    output: Output = Format.text,
) -> None:
    """Show what each rule did: how often it answered, and whether that was enough; which rules did nothing, and why no
    rule answered."""

    def read(shop: Shop, ask: Ask, period: Period) -> _Told:
        return _told(shop, ask, period, path, again("unanswered", data, shop, period))

    tell(data, tenant or (), Asked(first, last, lasting), output, read, lambda told: _page(told, sort), _data)


def _told(shop: Shop, ask: Ask, period: Period, path: Path | None, more: str) -> _Told:
    loaded = written_rules(shop, path)
    written = None if loaded is None else loaded.readable
    figures = rule_figures(ask, period, None if written is None else written.rules)
    idle = {one.rule for one in figures.idle}
    begun = since(checkout_of(shop.tenant, path), idle) if idle else {}
    return _Told(figures, begun, written is not None, shop.zone, more)


def _page(told: _Told, sort: Sort) -> Iterator[str]:
    figures = told.figures
    if figures.rules:
        yield from _did_something(told, sorted(figures.rules, key=_KEYS[sort], reverse=True))
    else:
        yield from paragraph("no rule answered anything in these days")
    if figures.idle:
        yield ""
        yield title("Rules that answered nothing")
        rows = [(one.rule, one.trigger, told.day(told.since.get(one.rule))) for one in figures.idle]
        yield from table(("rule", "trigger", "since"), rows, flexible=(0,))
    elif not told.known:
        yield ""
        yield from paragraph("no sound rules of this tenant were ever live here, so nobody knows which did nothing")
    if figures.silences:
        yield ""
        yield title("Why no rule answered")
        yield from _silences(figures.silences)
        if "no_match" in figures.silences:
            yield from paragraph(f"no_match: no rule knew it; see what was asked: {told.more}")


def _did_something(told: _Told, figures: list[RuleFigure]) -> Iterator[str]:
    most = max(one.fired for one in figures)
    wide = min(_BAR, room() // 4)
    rows = [
        (
            one.rule + _marked(one),
            number(one.fired),
            percent(None if one.share_alone is None else 100 * one.share_alone),
            number(one.by_person),
            number(one.unknown_next),
            number(one.failed),
            told.day(one.last_at),
            bar(one.fired, most, wide),
        )
        for one in figures
    ]
    head = ("rule", "answered", "alone", "a person", "not known", "failed", "last", "")
    yield from columns(head, rows, dispensable=(7, 6, 5, 4, 3))
    yield from paragraph(_WORDS)
    if any(one.standing == "gone" for one in figures):
        yield from paragraph("gone: no rule of that id is in the files any more.")


def _marked(one: RuleFigure) -> str:
    return _MARKS.get(one.standing, " (fallback)" if one.trigger == "fallback" else "")


def _silences(silences: Mapping[str, int]) -> Iterator[str]:
    most = max(silences.values())
    rows = [(reason, number(count), bar(count, most, min(_BAR, room() // 4))) for reason, count in silences.items()]
    yield from columns(("reason", "messages", ""), rows, dispensable=(2,))


def _data(told: _Told) -> dict[str, Any]:
    return {
        "rules": [_rule(one) for one in told.figures.rules],
        "never_fired": [
            {"rule": one.rule, "trigger": one.trigger, "since": told.since.get(one.rule)} for one in told.figures.idle
        ]
        if told.known
        else None,
        "silences": [{"reason": reason, "messages": count} for reason, count in told.figures.silences.items()],
    }


def _rule(one: RuleFigure) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "standing": one.standing,
        "trigger": one.trigger or None,
        "fired": one.fired,
        "alone": one.alone,
        "alone_percent": None if one.share_alone is None else round(100 * one.share_alone, 1),
        "followed_by_person": one.by_person,
        "unknown_next": one.unknown_next,
        "failed": one.failed,
        "last_at": one.last_at,
    }
