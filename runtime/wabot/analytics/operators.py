"""What each of the people who answer did."""

from typing import Final, NamedTuple

from wabot.analytics.measures import Mean
from wabot.analytics.period import Period
from wabot.store.sqlite.queries import Ask

PHONE: Final = ""
"""Stands for whoever wrote on the shop's phone; what was settled by nobody in particular stands there, too."""
UNNAMED: Final = "wabot"
"""Stands for whoever wrote through wabot without a name."""


class Work(NamedTuple):
    """One person's: `email` may also be `PHONE` or `UNNAMED`. Times are milliseconds, all together; `disabled`: they
    answer no longer."""

    email: str
    name: str
    disabled: bool
    chats: int = 0
    """In which they wrote; each counts once."""
    messages: int = 0
    responses: int = 0
    response_millis: int = 0
    first_responses: int = 0
    first_millis: int = 0
    settled: int = 0
    settled_millis: int = 0
    csat_answers: int = 0
    csat_total: int = 0
    online_millis: int = 0

    @property
    def response(self) -> Mean:
        """How long the questions waited that they answered."""
        return Mean(self.responses, self.response_millis)

    @property
    def first_response(self) -> Mean:
        """The same, of the first question of a conversation."""
        return Mean(self.first_responses, self.first_millis)

    @property
    def resolution(self) -> Mean:
        """From the first message of the conversations that they settled until then."""
        return Mean(self.settled, self.settled_millis)

    @property
    def csat(self) -> float | None:
        """The average of their customers' ratings; None where there is none."""
        return self.csat_total / self.csat_answers if self.csat_answers else None


def operators(ask: Ask, period: Period) -> tuple[Work, ...]:
    """Everybody's work, who had the most chats first. Those who are disabled stand there only with what they did.

    Raises:
        sqlite3.Error: the store cannot be read.
    """
    found = (
        Work(row[0], row[1], bool(row[2]), *tuple(row)[3:])
        for row in ask("figures_people", **period.in_days(), **period.in_hours())
    )
    return tuple(one for one in found if any(one[3:]) or not one.disabled)
