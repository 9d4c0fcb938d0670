"""The overview as a page: all about one tenant, or a line for each."""

from collections.abc import Iterator, Sequence

from wabot.analytics.measures import Ratio
from wabot.analytics.overview import Figures, Overview
from wabot.analytics.period import Period
from wabot.cli.analytics.drawing import bar, marks, sparkline
from wabot.cli.analytics.page import Fact, columns, facts, paragraph, room, title
from wabot.cli.analytics.shops import Shop, Unread
from wabot.cli.analytics.spoken import (
    WEEKDAYS,
    average,
    day,
    goal,
    number,
    part,
    percent,
    score,
    span,
)
from wabot.cli.analytics.telling import heading
from wabot.cli.render import plural

_TREND = 14
"""Marks of the line beside a tenant's figures."""
_BAR = 40


def silent_page(shop: Shop, period: Period, silence: str) -> Iterator[str]:
    """There is nothing to tell, and why."""
    yield from heading(shop, period)
    yield ""
    yield from paragraph(silence)


def page(shop: Shop, told: Overview) -> Iterator[str]:
    """All about one tenant."""
    figures = told.total
    yield from heading(shop, told.period)
    yield ""
    yield from facts(_what_came(figures))
    yield ""
    yield title("Goals")
    yield from facts(
        [
            Fact("by the bot alone", percent(figures.alone.percent), _alone(figures.alone)),
            Fact("delivered", percent(figures.delivery.percent), _delivered(figures.delivery)),
        ]
    )
    yield ""
    yield title("What the rules did")
    yield from facts(_rules(figures))
    yield ""
    yield title("How long customers waited, on average")
    yield from facts(_waits(figures))
    yield from _by_day(told)
    yield from _by_weekday(told)


def _what_came(figures: Figures) -> list[Fact]:
    sides = {"customers": figures.from_customers, "rules": figures.from_rules, "people": figures.from_people}
    sides |= {"wabot itself": figures.from_system} if figures.from_system else {}
    by = ", ".join(f"{number(count)} from {side}" for side, count in sides.items())
    found = [
        Fact(
            "customers", number(figures.unique_customers), f"wrote; {number(figures.new_customers)} for the first time"
        ),
        Fact("conversations", number(figures.conversations), "begun by customers, each about one matter"),
        Fact(
            "handed over",
            number(figures.handed_over),
            f"conversations for which a person was called{_of(figures.handing_over)}",
        ),
        Fact("settled", number(figures.resolved), "conversations that somebody marked as done"),
        Fact("messages", number(figures.messages), by),
        Fact("failed", number(figures.failed), "messages of ours that did not go out, or nobody knows"),
    ]
    if figures.csat is not None:
        words = f"the average mark of {plural(figures.csat_answers, 'customer')}, from 1 to 5"
        found.append(Fact("rating", score(figures.csat), words))
    return found


def _of(ratio: Ratio) -> str:
    return "" if ratio.percent is None else f" ({percent(ratio.percent)} of them)"


def _alone(ratio: Ratio) -> str:
    return f"of conversations had answers of rules and needed no person ({part(ratio)}); {goal(ratio)}"


def _delivered(ratio: Ratio) -> str:
    return f"of our messages reached a phone ({part(ratio)}); {goal(ratio)}"


def _rules(figures: Figures) -> list[Fact]:
    return [
        Fact("answered", percent(figures.answers.percent), f"of customers' messages ({part(figures.answers)})"),
        Fact(
            "not known",
            percent(figures.strange.percent),
            f"of customers' messages fitted no rule ({part(figures.strange)})",
        ),
        Fact(
            "succeeded",
            percent(figures.success.percent),
            f"of the rules' answers could be given ({part(figures.success)})",
        ),
    ]


def _waits(figures: Figures) -> list[Fact]:
    return [
        Fact(
            "any answer", average(figures.response), f"for an answer to a question; {part(figures.responded)} got one"
        ),
        Fact(
            "a rule's", average(figures.response_by_rules), f"where a rule answered ({number(figures.rule_responses)})"
        ),
        Fact(
            "a person's",
            average(figures.response_by_people),
            f"where a person answered ({number(figures.person_responses)})",
        ),
        Fact(
            "the first, open",
            average(figures.first_response_open),
            f"for the first answer in a conversation, within working hours ({number(figures.first_responses_open)})",
        ),
        Fact(
            "the first, closed",
            average(figures.first_response_closed),
            f"the same, outside working hours ({number(figures.first_responses_closed)})",
        ),
        Fact(
            "until settled",
            average(figures.resolution),
            f"from a conversation's first message until it was done ({number(figures.resolved)})",
        ),
    ]


def _by_day(told: Overview) -> Iterator[str]:
    if len(told.period) == 1:
        return
    days = list(told.days.values())
    size = -(-len(days) // max(room() - 22, 1))
    yield ""
    yield title("Day by day" if size == 1 else f"{size} days a mark")
    lines: dict[str, list[float | None]] = {
        "customers": [one.unique_customers for one in days],
        "conversations": [one.conversations for one in days],
        "messages": [one.messages for one in days],
        "by the bot alone": [one.alone.percent for one in days],
    }
    yield from (f"  {name:16}  {sparkline(values, room() - 22)}" for name, values in lines.items())
    busiest = max(told.days, key=lambda one: told.days[one].messages)
    yield from paragraph(f"most messages: {number(told.days[busiest].messages)} on {day(busiest)}")


def _by_weekday(told: Overview) -> Iterator[str]:
    counts = [sum(cell.messages for cell in hours) for hours in told.week]
    if len(told.period) < len(WEEKDAYS) or not any(counts):
        return
    shown = [number(count) for count in counts]
    left = room() - 9 - max(map(len, shown))
    yield ""
    yield title("Customers' messages by weekday")
    for name, count, words in zip(WEEKDAYS, counts, shown, strict=True):
        yield f"  {name}  {words:>{max(map(len, shown))}}  {bar(count, max(counts), min(left, _BAR))}".rstrip()


def together(rows: Sequence[tuple[Shop, Overview] | Unread], total: Figures) -> Iterator[str]:
    """A line for each tenant, and all together."""
    told = [row for row in rows if not isinstance(row, Unread)]
    if told:
        periods = {span(one.period) for _, one in told}
        yield from paragraph(", ".join(sorted(periods)), 0)
        head = (
            "tenant",
            "customers",
            "new",
            "conversations",
            "messages",
            "bot alone",
            "delivered",
            "first answer",
            "messages by day",
        )
        lines = [_line(shop.tenant, one.total, one) for shop, one in told]
        lines += [_line("together", total, None)] if len(told) > 1 else []
        yield from columns(head, lines, dispensable=(8, 2, 4, 7, 6, 3))
        good, bad = marks().reached, marks().missed
        yield from paragraph(
            f"bot alone: goal more than {total.alone.goal:g}%; delivered: more than {total.delivery.goal:g}%; "
            f"{good} reached, {bad} not reached. Whoever wrote to two tenants counts with both."
        )
    for row in rows:
        if isinstance(row, Unread):
            yield from paragraph(f"{row.tenant}: {row.error}")
            continue
        shop, one = row
        for note in (*shop.notes, shop.silence(one.period)):
            yield from paragraph(f"{shop.tenant}: {note}" if note else "")


def _line(name: str, figures: Figures, told: Overview | None) -> tuple[str, ...]:
    return (
        name,
        number(figures.unique_customers),
        number(figures.new_customers),
        number(figures.conversations),
        number(figures.messages),
        _marked(figures.alone),
        _marked(figures.delivery),
        average(figures.first_response),
        "" if told is None else sparkline([one.messages for one in told.days.values()], _TREND),
    )


def _marked(ratio: Ratio) -> str:
    mark = "" if ratio.reached is None else marks().reached if ratio.reached else marks().missed
    return f"{percent(ratio.percent)} {mark}".rstrip()
