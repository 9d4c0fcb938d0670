"""What a period adds up to, read from the sums of its days: a few statements, whatever the number of messages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from wabot.analytics.hours import Week, read_week
from wabot.analytics.measures import ALONE_GOAL, DELIVERED_GOAL, Mean, Ratio
from wabot.analytics.period import Period
from wabot.store.sqlite.queries import Ask


class Figures(NamedTuple):
    """What a day, or all days of a period, add up to; docs/analytics.md says what counts as what. Times are
    milliseconds, all together. `online` and `at_work` are people: of a period, they are added up by day."""

    conversations: int = 0
    """Begun."""
    chats: int = 0
    """In which anybody wrote; of a period each counts once, as do unique customers."""
    resolved: int = 0
    bot_only: int = 0
    """Begun, and answered by rules only."""
    handed_over: int = 0
    messages: int = 0
    from_customers: int = 0
    from_people: int = 0
    from_rules: int = 0
    from_system: int = 0
    failed: int = 0
    delivered: int = 0
    """Those that were read among them."""
    read: int = 0
    unique_customers: int = 0
    new_customers: int = 0
    questions: int = 0
    rule_responses: int = 0
    rule_response_millis: int = 0
    person_responses: int = 0
    person_response_millis: int = 0
    first_responses_open: int = 0
    first_response_millis_open: int = 0
    first_responses_closed: int = 0
    first_response_millis_closed: int = 0
    first_person_responses: int = 0
    first_person_millis: int = 0
    resolution_millis: int = 0
    decided: int = 0
    """Customers' messages for which a rule was looked for."""
    answered: int = 0
    """Those that a rule answered."""
    unknown: int = 0
    """Those that no rule knew."""
    triggered: int = 0
    trigger_failed: int = 0
    csat_answers: int = 0
    csat_total: int = 0
    online: int = 0
    at_work: int = 0

    @property
    def ours(self) -> int:
        """What went out to customers, whoever wrote it."""
        return self.from_people + self.from_rules + self.from_system

    @property
    def alone(self) -> Ratio:
        """Conversations that the bot settled alone."""
        return Ratio(self.bot_only, self.conversations, ALONE_GOAL)

    @property
    def delivery(self) -> Ratio:
        """Of ours that went out or failed, what reached a phone."""
        return Ratio(self.delivered, self.ours + self.failed, DELIVERED_GOAL)

    @property
    def seen(self) -> Ratio:
        """Of ours that went out or failed, what was read."""
        return Ratio(self.read, self.ours + self.failed)

    @property
    def answers(self) -> Ratio:
        """Of customers' messages, those that a rule answered."""
        return Ratio(self.answered, self.decided)

    @property
    def strange(self) -> Ratio:
        """Of customers' messages, those that no rule knew."""
        return Ratio(self.unknown, self.decided)

    @property
    def success(self) -> Ratio:
        """Of the rules' answers, those that could be given."""
        return Ratio(self.triggered, self.triggered + self.trigger_failed)

    @property
    def handing_over(self) -> Ratio:
        """Conversations for which a person was called."""
        return Ratio(self.handed_over, self.conversations)

    @property
    def responded(self) -> Ratio:
        """Questions that anybody answered."""
        return Ratio(self.rule_responses + self.person_responses, self.questions)

    @property
    def utilisation(self) -> Ratio:
        """Of the people who were there, those who wrote."""
        return Ratio(self.at_work, self.online)

    @property
    def response(self) -> Mean:
        """How long questions waited for an answer."""
        return Mean(
            self.rule_responses + self.person_responses, self.rule_response_millis + self.person_response_millis
        )

    @property
    def response_by_rules(self) -> Mean:
        return Mean(self.rule_responses, self.rule_response_millis)

    @property
    def response_by_people(self) -> Mean:
        return Mean(self.person_responses, self.person_response_millis)

    @property
    def first_response(self) -> Mean:
        """How long the first question of a conversation waited."""
        return Mean(
            self.first_responses_open + self.first_responses_closed,
            self.first_response_millis_open + self.first_response_millis_closed,
        )

    @property
    def first_response_open(self) -> Mean:
        """The same, of questions that came within the working hours."""
        return Mean(self.first_responses_open, self.first_response_millis_open)

    @property
    def first_response_closed(self) -> Mean:
        """The same, of questions that came outside the working hours."""
        return Mean(self.first_responses_closed, self.first_response_millis_closed)

    @property
    def first_person_response(self) -> Mean:
        """How long the first question of a conversation waited for a person, where one answered."""
        return Mean(self.first_person_responses, self.first_person_millis)

    @property
    def resolution(self) -> Mean:
        """From a conversation's first message until it was settled."""
        return Mean(self.resolved, self.resolution_millis)

    @property
    def csat(self) -> float | None:
        """The average of customers' ratings; None where there is none."""
        return self.csat_total / self.csat_answers if self.csat_answers else None


NOTHING: Final = Figures()


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures of a period: altogether, of each of its days (also of those without any), and by hour of the week."""

    period: Period
    total: Figures
    days: Mapping[date, Figures]
    week: Week

    @property
    def before(self) -> Period:
        """The period that it is compared with."""
        return self.period.before()


def overview(ask: Ask, period: Period) -> Overview:
    """What the days of `period` add up to, as far as they are counted.

    Raises:
        sqlite3.Error: the store cannot be read.
    """
    days = read_days(ask, period)
    return Overview(period, total(ask, period, days), days, read_week(ask, period))


def read_days(ask: Ask, period: Period) -> Mapping[date, Figures]:
    """The figures of each day."""
    counted = {row[0]: row for row in ask("figures_days", **period.in_days())}
    return {
        day: Figures._make(tuple(row)[1:]) if (row := counted.get(day.isoformat())) is not None else NOTHING
        for day in period
    }


def total(ask: Ask, period: Period, days: Mapping[date, Figures]) -> Figures:
    """The days of `period` together. A chat, and a customer, that several of them saw counts once."""
    summed = Figures._make(map(sum, zip(*days.values(), strict=True)))
    return summed._replace(**dict(ask("figures_chats", **period.in_hours()).fetchone()))
