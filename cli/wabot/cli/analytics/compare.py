"""`wabot analytics compare`: a period beside another."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Any, Final

import typer

from wabot.analytics.comparing import Change, Comparison, Unit
from wabot.analytics.comparing import compare as compared
from wabot.analytics.period import Period, read_period
from wabot.cli.analytics.drawing import marks
from wabot.cli.analytics.options import HERE, Data, First, Last, Lasting, Output, Tenants
from wabot.cli.analytics.page import columns, paragraph
from wabot.cli.analytics.shops import Asked, Shop, as_data
from wabot.cli.analytics.spoken import NONE, number, percent, score, signed, span
from wabot.cli.analytics.spoken import lasting as lasted
from wabot.cli.analytics.telling import tell
from wabot.cli.output import Format
from wabot.store.sqlite.queries import Ask

_BETWEEN: Final = ".."


def compare(
    data: Data = HERE,
    tenant: Tenants = None,
    first: First = "",
    last: Last = "",
    lasting: Lasting = "",
    against: Annotated[
        str,
        typer.Option(
            metavar="DAY[..DAY]", help="The period to compare with, as 2026-01-01..2026-01-31; else the one before."
        ),
    ] = "",
    output: Output = Format.text,
) -> None:
    """Show how each figure of a period differs from that of another: by default the period right before it."""

    def told(shop: Shop, ask: Ask, period: Period) -> tuple[Shop, Comparison]:
        return shop, compared(ask, period, earlier(period, against))

    tell(data, tenant or (), Asked(first, last, lasting), output, told, _page, _data)


def earlier(period: Period, written: str) -> Period:
    """The period to compare with: one day says where a period of the same length begins.

    Raises:
        UsageError: it is none.
    """
    if not written:
        return period.before()
    begin, between, end = written.partition(_BETWEEN)
    one = read_period(begin, end if between else begin, "", period.last, period.zone)
    return one if between else Period(one.first, one.first + timedelta(len(period) - 1), period.zone)


def _page(told: tuple[Shop, Comparison]) -> Iterator[str]:
    shop, found = told
    yield from paragraph(f"compared with {span(found.before)}")
    if silence := shop.silence(found.before):
        yield from paragraph(f"of that period there are no figures: {silence}")
    yield ""
    rows = [_row(one) for one in found.changes]
    yield from columns(("", "before", "now", "change", ""), rows, dispensable=(4, 1))
    good, bad = marks().reached, marks().missed
    yield ""
    yield from paragraph(f"{good} better, {bad} worse than before; times are averages; pts: percentage points")


def _row(one: Change) -> tuple[str, ...]:
    better = "" if one.is_better is None else marks().reached if one.is_better else marks().missed
    unit = one.measure.unit
    return one.measure.name, shown(one.before, unit), shown(one.now, unit), _change(one), better


def _change(one: Change) -> str:
    if one.difference is None:
        return NONE
    if one.measure.unit == "percent":
        return f"{signed(one.difference)} pts"
    if one.percent is None:
        return "new" if one.difference else NONE
    return f"{signed(one.percent, 0 if abs(one.percent) >= 100 else 1)}%"


def shown(value: float | None, unit: Unit) -> str:
    """A figure in its own unit."""
    if value is None:
        return NONE
    spoken = {"count": number, "percent": percent, "seconds": lasted, "score": score}
    return spoken[unit](value)


def _data(told: tuple[Shop, Comparison]) -> Mapping[str, Any]:
    _, found = told
    return {
        "against": as_data(found.before),
        "figures": [
            {
                "figure": one.measure.name,
                "unit": one.measure.unit,
                "before": one.before,
                "now": one.now,
                "difference": one.difference,
                "percent": one.percent,
                "better": one.is_better,
            }
            for one in found.changes
        ],
    }
