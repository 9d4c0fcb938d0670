"""The report as one page of HTML that needs nothing else: no network, no script."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from wabot.analytics.hours import waiting
from wabot.analytics.measures import Ratio
from wabot.analytics.operators import PHONE
from wabot.analytics.overview import Figures
from wabot.analytics.report.charts import Columns, parts, shade, stacked
from wabot.analytics.report.contents import Report
from wabot.analytics.report.definitions import DEFINITIONS
from wabot.analytics.report.headlines import Headlines
from wabot.analytics.report.manner import Manner
from wabot.analytics.report.spans import Span, spans
from wabot.analytics.report.words import WORDS
from wabot.engine.hours import local
from wabot.model.visible import visible

SHADES: Final = 6
"""Of the heat map."""
_LONGEST: Final = 200
"""Characters of a text that a customer wrote."""
_MOST_RULES: Final = 15
_MOST_IDLE: Final = 20


class Trend(NamedTuple):
    """A chart of the days (weeks, months): what its columns are made of, from the bottom up, and the same as rows."""

    name: str
    series: tuple[tuple[str, str], ...]
    chart: Columns
    rows: tuple[tuple[int, ...], ...]
    total: int
    most: int
    most_at: int


class Hour(NamedTuple):
    """An hour of the week: the messages, the shade that stands for them, and how much of it the shop was open."""

    number: int
    shade: int
    open: int


class Answerer(NamedTuple):
    """Who answered, or wrote: the series that stands for them in charts, the word for them, how much of all."""

    key: str
    word: str
    share: Ratio
    seconds: float | None


def report_html(report: Report) -> str:
    """The page, whole."""
    return _template().render(_context(report))


@cache
def _template() -> Template:
    surroundings = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return surroundings.get_template("page.html.j2")


def _context(report: Report) -> Mapping[str, Any]:
    manner, words = Manner(report.language), WORDS[report.language]
    now, before, period = report.overview.total, report.before, report.overview.period
    kind, parted = spans(report.overview.days)
    headlines = Headlines(now, before, manner)
    return {
        "r": report,
        "now": now,
        "m": manner,
        "t": words,
        "said": said,
        "fill": _filler(words),
        "period": manner.days(period.first, period.last),
        "before_period": manner.days(period.before().first, period.before().last),
        "goals": tuple(headlines.goals()),
        "tiles": tuple(headlines.tiles()),
        "kind": kind,
        "spans": parted,
        "span_names": tuple(_named(kind, span, manner) for span in parted),
        "trends": (_messages(parted), _conversations(parted)),
        "answerers": _answerers(now),
        "senders": _senders(report),
        "newness": _newness(now),
        "rated": any(one.csat is not None for one in report.people),
        "unfinished": report.counted_at is not None and report.counted_at < period.until,
        "waits": tuple(headlines.waits()),
        "week": _week(report),
        "busiest": _busiest(report),
        "outside": _outside(report),
        "most_rules": _MOST_RULES,
        "most_idle": _MOST_IDLE,
        "parts": parts,
        "share": Ratio,
        "day_of": lambda at: local(at, period.zone).date(),
        "definitions": DEFINITIONS[report.language],
        "shades": SHADES,
    }


def said(text: str) -> str:
    """A name or text that somebody else wrote, on one line, without what turns the direction of writing."""
    line = visible(" ".join(text.split()))
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _filler(words: Mapping[str, str]) -> Callable[..., str]:
    return lambda name, **values: words[name].format(**values)


def _named(kind: str, span: Span, manner: Manner) -> tuple[str, str]:
    """A span, shortly and in full."""
    if kind == "month":
        return manner.short_month(span.first), f"{manner.month(span.first)} {span.first.year}"
    return manner.short_day(span.first), manner.days(span.first, span.last)


def _messages(parted: tuple[Span, ...]) -> Trend:
    kinds = ("from_customers", "from_rules", "from_people", "from_system")
    names = {"from_customers": "by_customers", "from_rules": "by_rules", "from_people": "by_people"}
    shown = [name for name in kinds if name != "from_system" or any(span.figures.from_system for span in parted)]
    series = tuple((name.removeprefix("from_"), names.get(name, "by_system")) for name in shown)
    return _trend("messages", series, tuple(tuple(getattr(span.figures, name) for name in shown) for span in parted))


def _conversations(parted: tuple[Span, ...]) -> Trend:
    rows = tuple((span.figures.bot_only, span.figures.conversations - span.figures.bot_only) for span in parted)
    return _trend("conversations", (("rules", "bot_only"), ("others", "with_others")), rows)


def _trend(name: str, series: tuple[tuple[str, str], ...], rows: tuple[tuple[int, ...], ...]) -> Trend:
    sums = [sum(row) for row in rows]
    most = max(sums)
    return Trend(name, series, stacked(rows), rows, sum(sums), most, sums.index(most))


def _answerers(now: Figures) -> tuple[Answerer, ...]:
    """Who answered customers' questions first."""
    asked = now.questions
    return (
        Answerer("rules", "by_rules", Ratio(now.rule_responses, asked), now.response_by_rules.seconds),
        Answerer("people", "by_people", Ratio(now.person_responses, asked), now.response_by_people.seconds),
        Answerer("nobody", "nobody", Ratio(asked - now.responded.part, asked), None),
    )


def _senders(report: Report) -> tuple[Answerer, ...]:
    """Whose messages went out."""
    now = report.overview.total
    by_phone = sum(one.messages for one in report.people if one.email == PHONE)
    found = {
        ("rules", "by_rules"): now.from_rules,
        ("operators", "by_operators"): now.from_people - by_phone,
        ("phone", "by_phone"): by_phone,
        ("system", "by_system"): now.from_system,
    }
    return tuple(Answerer(*names, Ratio(number, now.ours), None) for names, number in found.items() if number)


def _newness(now: Figures) -> tuple[Answerer, ...]:
    known = now.unique_customers - now.new_customers
    return (
        Answerer("rules", "new_customers", Ratio(now.new_customers, now.unique_customers), None),
        Answerer("customers", "returning_customers", Ratio(max(known, 0), now.unique_customers), None),
    )


def _week(report: Report) -> tuple[tuple[Hour, ...], ...]:
    week = report.overview.week
    most = max(cell.messages for day in week for cell in day)
    shop = report.shop or ((0.0,) * 24,) * 7
    return tuple(
        tuple(
            Hour(cell.messages, shade(cell.messages, most, SHADES), round(4 * shop[weekday][hour]))
            for hour, cell in enumerate(day)
        )
        for weekday, day in enumerate(week)
    )


def _busiest(report: Report) -> tuple[int, int] | None:
    """The weekday and the hour in which most was written."""
    cells = [
        (cell.messages, -weekday, -hour)
        for weekday, day in enumerate(report.overview.week)
        for hour, cell in enumerate(day)
    ]
    most, weekday, hour = max(cells)
    return (-weekday, -hour) if most else None


def _outside(report: Report) -> float | None:
    """Percent of customers' messages that came while the shop was closed; None where it never is."""
    if report.shop is None:
        return None
    sides = waiting(report.overview.week, report.shop)
    return Ratio(sides.closed.messages, sides.closed.messages + sides.opened.messages).percent
