"""All that the report tells, before it is put into words."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from wabot.analytics.customers import Customers
from wabot.analytics.funnel import Funnel
from wabot.analytics.hours import Opening
from wabot.analytics.measures import Ratio
from wabot.analytics.operators import Work
from wabot.analytics.overview import Figures, Overview


class RuleLine(NamedTuple):
    """How often a rule answered, how often that was enough, and what came after it otherwise."""

    rule: str
    fired: int
    alone: Ratio
    by_person: int
    unknown_next: int


class QuestionLine(NamedTuple):
    """What customers asked in words such as `wording` without a rule that knew it, and on which day last. The
    wording is "" in an anonymous report."""

    wording: str
    times: int
    last: date | None


@dataclass(frozen=True, slots=True)
class Report:
    """A period of a tenant. `before` is None where nothing was counted in the period before; `shop` is None where no
    working hours are known. Moments are UTC milliseconds. `language` is "id" or "en"."""

    name: str
    language: str
    overview: Overview
    before: Figures | None
    shop: Opening | None
    counted_at: int | None
    made_at: int
    rules: tuple[RuleLine, ...] = ()
    never_fired: tuple[str, ...] = ()
    questions: tuple[QuestionLine, ...] = ()
    people: tuple[Work, ...] = ()
    menus: tuple[Funnel, ...] = ()
    customers: Customers | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nobody wrote anything in the period."""
        return not self.overview.total.messages
