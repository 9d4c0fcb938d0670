"""`wabot analytics customers`: who the customers of a period are."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final

import typer

from wabot.analytics.customers import MOST, Customers, Group
from wabot.analytics.customers import customers as read
from wabot.analytics.measures import Ratio
from wabot.analytics.period import Period
from wabot.cli.analytics.drawing import bar, sparkline
from wabot.cli.analytics.options import HERE, Data, First, Last, Lasting, Output, Tenants
from wabot.cli.analytics.page import Fact, columns, facts, room, title
from wabot.cli.analytics.shops import Asked, Shop
from wabot.cli.analytics.spoken import day, number, percent
from wabot.cli.analytics.telling import tell
from wabot.cli.output import Format
from wabot.model.segments import Segments
from wabot.store.sqlite.queries import Ask

_BAR: Final = 30


def customers(
    data: Data = HERE,
    tenant: Tenants = None,
    first: First = "",
    last: Last = "",
    lasting: Lasting = "",
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="At most so many customers, and tags.")] = MOST,
    output: Output = Format.text,
) -> None:
    """Show who wrote: new customers and returning ones, by segment and tag, and who wrote most."""

    def told(shop: Shop, ask: Ask, period: Period) -> Customers:
        segments = Segments() if shop.rules is None else shop.rules.tenant.segments
        return read(ask, period, shop.now - segments.inactive_after, limit)

    tell(data, tenant or (), Asked(first, last, lasting), output, told, _page, _data)


def _page(told: Customers) -> Iterator[str]:
    new, back = Ratio(told.new, told.unique), Ratio(told.returning, told.unique)
    yield from facts(
        [
            Fact("customers", number(told.unique), "wrote"),
            Fact("new", number(told.new), f"wrote for the first time ({percent(new.percent)})"),
            Fact("returning", number(told.returning), f"had written before ({percent(back.percent)})"),
        ]
    )
    if len(told.period) > 1:
        yield ""
        yield title("Day by day")
        days = list(told.days.values())
        lines = {"customers": [one.unique_customers for one in days], "new": [one.new_customers for one in days]}
        yield from (f"  {name:9}  {sparkline(counts, room() - 15)}" for name, counts in lines.items())
    yield from _groups("By segment, as they are today", told.segments, told.unique)
    yield from _groups("By tag", told.tags, told.unique)
    if told.most_active:
        yield ""
        yield title("Who wrote most")
        rows = [
            (one.name or one.phone or one.chat, one.phone, one.segment, number(one.messages), day(one.last))
            for one in told.most_active
        ]
        yield from columns(("customer", "number", "segment", "messages", "last"), rows, dispensable=(4, 2, 1))


def _groups(heading: str, groups: Sequence[Group], whole: int) -> Iterator[str]:
    if not groups:
        return
    yield ""
    yield title(heading)
    most = max(one.customers for one in groups)
    rows = [
        (
            one.name,
            number(one.customers),
            percent(Ratio(one.customers, whole).percent),
            number(one.messages),
            bar(one.customers, most, min(_BAR, room() // 3)),
        )
        for one in groups
    ]
    yield from columns(("", "customers", "of them", "messages", ""), rows, dispensable=(3, 4, 2))


def _data(told: Customers) -> Mapping[str, Any]:
    return {
        "customers": told.unique,
        "new": told.new,
        "returning": told.returning,
        "days": [
            {"date": day.isoformat(), "customers": one.unique_customers, "new": one.new_customers}
            for day, one in told.days.items()
        ],
        "segments": [_group("segment", one) for one in told.segments],
        "tags": [_group("tag", one) for one in told.tags],
        "most_active": [
            {
                "chat": one.chat,
                "name": one.name or None,
                "phone": one.phone or None,
                "segment": one.segment,
                "messages": one.messages,
                "last_day": one.last.isoformat(),
            }
            for one in told.most_active
        ],
    }


def _group(kind: str, one: Group) -> Mapping[str, Any]:
    return {kind: one.name, "customers": one.customers, "messages": one.messages}
