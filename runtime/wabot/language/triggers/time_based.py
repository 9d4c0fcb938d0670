"""The time of day: while the shop is open, or closed, by its hours or by hours of the rule's own."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

from wabot.language.hours import Hours, read_weekly
from wabot.model.value import value


@value
class TimeBased:
    """Holds while `hours` (None: the tenant's) say `state`. Hours of its own are written as the spans in which the rule
    answers, so there the state is "open"."""

    kind: ClassVar[str] = "time_based"
    state: Literal["open", "closed"]
    hours: Hours | None = None

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        if "working_hours" in data:
            return cls(data.get("hours", "open"), Hours(weekly=read_weekly(data["working_hours"]), always=False))
        return cls(data["hours"])
