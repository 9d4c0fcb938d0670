"""Two periods beside each other, figure by figure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from wabot.analytics.overview import Figures, read_days, total
from wabot.analytics.period import Period
from wabot.store.sqlite.queries import Ask

Unit = Literal["count", "percent", "seconds", "score"]
Better = Literal["more", "less", ""]
"""Which of two values pleases the shop; "" where neither does."""


class Measure(NamedTuple):
    """A figure that can be compared. Its value is None where nothing was counted."""

    name: str
    unit: Unit
    better: Better
    of: Callable[[Figures], float | None]


MEASURES: Final = (
    Measure("customers", "count", "more", lambda one: one.unique_customers),
    Measure("new customers", "count", "more", lambda one: one.new_customers),
    Measure("conversations", "count", "more", lambda one: one.conversations),
    Measure("settled", "count", "more", lambda one: one.resolved),
    Measure("messages", "count", "", lambda one: one.messages),
    Measure("from customers", "count", "", lambda one: one.from_customers),
    Measure("from rules", "count", "", lambda one: one.from_rules),
    Measure("from people", "count", "", lambda one: one.from_people),
    Measure("by the bot alone", "percent", "more", lambda one: one.alone.percent),
    Measure("delivered", "percent", "more", lambda one: one.delivery.percent),
    Measure("answered by a rule", "percent", "more", lambda one: one.answers.percent),
    Measure("no rule knew", "percent", "less", lambda one: one.strange.percent),
    Measure("handed to a person", "percent", "", lambda one: one.handing_over.percent),
    Measure("first answer", "seconds", "less", lambda one: one.first_response.seconds),
    Measure("first answer, open", "seconds", "less", lambda one: one.first_response_open.seconds),
    Measure("first answer, closed", "seconds", "less", lambda one: one.first_response_closed.seconds),
    Measure("a person's answer", "seconds", "less", lambda one: one.response_by_people.seconds),
    Measure("until settled", "seconds", "less", lambda one: one.resolution.seconds),
    Measure("rating", "score", "more", lambda one: one.csat),
)


class Change(NamedTuple):
    """A figure before, and now."""

    measure: Measure
    before: float | None
    now: float | None

    @property
    def difference(self) -> float | None:
        """In the figure's own unit: of percentages, points. None unless both were counted."""
        return None if self.before is None or self.now is None else self.now - self.before

    @property
    def percent(self) -> float | None:
        """How much more it is than before, in percent of that; None for percentages, and where there was nothing
        before."""
        if self.measure.unit == "percent" or not self.before or self.now is None:
            return None
        return 100 * (self.now - self.before) / self.before

    @property
    def is_better(self) -> bool | None:
        """None where nothing changed, or nobody can tell."""
        if not self.difference or not self.measure.better:
            return None
        return (self.difference > 0) is (self.measure.better == "more")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every figure of two periods."""

    before: Period
    now: Period
    changes: tuple[Change, ...]


def compare(ask: Ask, now: Period, before: Period) -> Comparison:
    """What changed from the period `before` to that of `now`.

    Raises:
        sqlite3.Error: the store cannot be read.
    """
    figures, earlier = (total(ask, period, read_days(ask, period)) for period in (now, before))
    return Comparison(
        before, now, tuple(Change(measure, measure.of(earlier), measure.of(figures)) for measure in MEASURES)
    )
