"""`wabot analytics hours`: in which hours of the week customers write, and wait."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from wabot.analytics.hours import Cell, Opening, Week, opening, read_week, waiting
from wabot.analytics.measures import Ratio
from wabot.analytics.period import Period
from wabot.cli.analytics.drawing import marks, shade
from wabot.cli.analytics.options import HERE, Data, First, Last, Lasting, Output, Tenants
from wabot.cli.analytics.page import Fact, columns, facts, paragraph, room, title
from wabot.cli.analytics.shops import Asked, Shop
from wabot.cli.analytics.spoken import WEEKDAYS, average, number, percent
from wabot.cli.analytics.telling import tell
from wabot.cli.output import Format
from wabot.store.sqlite.queries import Ask

_WIDE: Final = 66
"""Columns that a map needs with two marks an hour."""
_LIMITS: Final = (60, 600, 3_600, 4 * 3_600)
"""Seconds of waiting from which on a shade is the next darker one."""
_WORST: Final = 5


@dataclass(frozen=True, slots=True)
class _Told:
    """`shop` is None where nobody knows the working hours."""

    week: Week
    shop: Opening | None


def hours(
    data: Data = HERE,
    tenant: Tenants = None,
    first: First = "",
    last: Last = "",
    lasting: Lasting = "",
    output: Output = Format.text,
) -> None:
    """Show in which hours of the week customers write, how long they wait then, and whether the shop is open."""
    tell(data, tenant or (), Asked(first, last, lasting), output, _told, _page, _data)


def _told(shop: Shop, ask: Ask, period: Period) -> _Told:
    return _Told(
        read_week(ask, period), None if shop.rules is None else opening(shop.rules.hours, _lived(shop, period))
    )


def _lived(shop: Shop, period: Period) -> Period:
    """Of the period, the days since the shop has had customers: of others nobody asks whether it was open."""
    first = min(max(period.first, shop.known.first or period.first), period.last)
    return Period(first, max(first, min(period.last, shop.known.last or period.last)), period.zone)


def _page(told: _Told) -> Iterator[str]:
    most = max(cell.messages for day in told.week for cell in day)
    yield title("Customers' messages")
    yield from _map(told, lambda cell: shade(cell.messages, most), lambda day: number(sum(one.messages for one in day)))
    yield from paragraph(
        f"{marks().shades[0]} none, {marks().shades[-1]} the most: {number(most)} in one hour of the week"
    )
    yield ""
    yield title("How long questions waited, on average")
    yield from _map(told, _waited, lambda _day: "")
    yield from paragraph(_legend())
    if told.shop is None:
        yield from paragraph("no sound rules of this tenant were ever live here, so nobody knows its working hours")
    else:
        yield from _by_opening(told)
    yield from _longest(told)


def _map(told: _Told, mark: Callable[[Cell], str], total: Callable[[Sequence[Cell]], str]) -> Iterator[str]:
    wide = room() >= _WIDE
    step = 6 if not wide else 3
    size = 2 if wide else 1
    yield "       " + "".join(f"{hour:02}".ljust(step * size) for hour in range(0, 24, step)).rstrip()
    for weekday, day in enumerate(told.week):
        cells = "".join(_cell(mark(cell), told, weekday, hour, wide=wide) for hour, cell in enumerate(day))
        yield f"  {WEEKDAYS[weekday]}  {cells}  {total(day)}".rstrip()
    if wide and told.shop is not None and any(share < 0.5 for day in told.shop for share in day):
        yield from paragraph("a single mark: the shop is closed in that hour")


def _cell(mark: str, told: _Told, weekday: int, hour: int, *, wide: bool) -> str:
    if not wide:
        return mark
    return mark * 2 if told.shop is None or told.shop[weekday][hour] >= 0.5 else f"{mark} "


def _waited(cell: Cell) -> str:
    seconds, shades = cell.wait.seconds, marks().shades
    return " " if seconds is None else shades[sum(seconds >= limit for limit in _LIMITS)]


def _legend() -> str:
    words = ("less than a minute", "less than 10 min", "less than an hour", "less than 4 h", "longer")
    return ", ".join(f"{mark} {word}" for mark, word in zip(marks().shades, words, strict=True))


def _by_opening(told: _Told) -> Iterator[str]:
    assert told.shop is not None
    sides = waiting(told.week, told.shop)
    whole = sides.opened.messages + sides.closed.messages
    yield ""
    yield title("Within working hours, and outside")
    yield from facts([_side("open", sides.opened, whole), _side("closed", sides.closed, whole)])


def _side(name: str, cell: Cell, whole: int) -> Fact:
    share = percent(Ratio(cell.messages, whole).percent)
    words = f"messages of customers ({share}); questions waited {average(cell.wait)} on average, "
    words += f"{number(cell.questions - cell.responses)} of {number(cell.questions)} got no answer"
    return Fact(name, number(cell.messages), words)


def _longest(told: _Told) -> Iterator[str]:
    """The hours in which customers waited longest, all their waiting together."""
    cells = sorted(
        (
            (cell, weekday, hour)
            for weekday, day in enumerate(told.week)
            for hour, cell in enumerate(day)
            if cell.millis
        ),
        key=lambda one: (-one[0].millis, one[1], one[2]),
    )
    if not cells:
        return
    yield ""
    yield title("Where most waiting is")
    rows = [
        (
            f"{WEEKDAYS[weekday]} {hour:02}:00",
            number(cell.questions),
            average(cell.wait),
            number(cell.questions - cell.responses),
            _shop(told, weekday, hour),
        )
        for cell, weekday, hour in cells[:_WORST]
    ]
    yield from columns(("hour", "questions", "waited", "no answer", "shop"), rows, dispensable=(3, 1))


def _shop(told: _Told, weekday: int, hour: int) -> str:
    if told.shop is None:
        return ""
    return "open" if told.shop[weekday][hour] >= 0.5 else "closed"


def _data(told: _Told) -> Mapping[str, Any]:
    return {
        "hours": [
            {
                "weekday": WEEKDAYS[weekday].lower(),
                "hour": hour,
                "messages": cell.messages,
                "questions": cell.questions,
                "answered": cell.responses,
                "wait_seconds": cell.wait.seconds,
                "open": None if told.shop is None else round(told.shop[weekday][hour], 3),
            }
            for weekday, day in enumerate(told.week)
            for hour, cell in enumerate(day)
        ]
    }
