"""All that the report tells, before it is put into words."""

from dataclasses import dataclass

from wabot.analytics.customers import Customers
from wabot.analytics.funnel import Funnel
from wabot.analytics.hours import Opening
from wabot.analytics.operators import Work
from wabot.analytics.overview import Figures, Overview
from wabot.analytics.rule_figures import RuleFigures
from wabot.analytics.unanswered import Unanswered


@dataclass(frozen=True, slots=True)
class Report:
    """A period of a tenant. `before` is None where nothing was counted in the period before; `shop` is None where no
    working hours are known. Moments are UTC milliseconds. `language` is "id" or "en". An anonymous report has
    no examples of what was asked."""

    name: str
    language: str
    overview: Overview
    before: Figures | None
    shop: Opening | None
    counted_at: int | None
    made_at: int
    rules: RuleFigures | None = None
    unanswered: Unanswered | None = None
    people: tuple[Work, ...] = ()
    menus: tuple[Funnel, ...] = ()
    customers: Customers | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nobody wrote anything in the period."""
        return not self.overview.total.messages
