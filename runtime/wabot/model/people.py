"""The people who answer for a tenant, and who of them is given a chat. Times are UTC milliseconds."""

from collections.abc import Callable, Sequence
from typing import Final, Literal, NamedTuple

from wabot.model.value import value

Role = Literal["owner", "admin", "supervisor", "operator", "viewer"]
Availability = Literal["online", "away", "busy", "offline"]

ROLES: Final[tuple[Role, ...]] = ("viewer", "operator", "supervisor", "admin", "owner")
"""From the least to the most that one may do."""


@value
class Operator:
    """Somebody who answers. `capacity` is how many chats they have at once at most, `open_chats` how many they have.
    `hours` are their working hours as JSON, written as `weekly` of hours.yaml ("": always), on the tenant's clock.
    `present`: a front end shows that they are here."""

    email: str
    name: str = ""
    role: Role = "operator"
    status: Availability = "offline"
    capacity: int = 10
    hours: str = ""
    teams: frozenset[str] = frozenset()
    last_assigned: int | None = None
    open_chats: int = 0
    present: bool = False


class Choice(NamedTuple):
    """Who gets a chat (an e-mail address), or "" and the reason why nobody does: `no_operators`, `no_such_team`,
    `no_such_role`, `no_such_operator`, `nobody_online`, `outside_hours`, `all_full`, or `manual` (a person decides)."""

    operator: str
    reason: str = ""

    @property
    def nobody(self) -> bool:
        """Whether the customer must wait until somebody is free: nobody is there who could take the chat."""
        return not self.operator and self.reason not in ("no_operators", "manual")


class Limits(NamedTuple):
    """Milliseconds: how long a customer waits for whoever has their chat before it is offered to others (None: for
    ever), and how long somebody who works in a front end may show no sign of life before they count as away."""

    answer_within: int | None = None
    absent_after: int | None = None


NO_LIMITS: Final = Limits()

Choose = Callable[[str, str, Sequence[Operator]], Choice]
"""Who gets a chat: asked with whom it is for (`team:cs` …), whose it is now ("" for nobody's), and who there is."""


class Called(NamedTuple):
    """A rule called a person. `choose` says who it is; `note` is what the owner is told, "" for nothing, in the chat of
    the shop with itself, `number`; `note_id` is the id of that row. `told`: the customer is told that nobody is there.
    """

    choose: Choose
    note: str = ""
    number: str = ""
    note_id: str = ""
    told: bool = False


def name_from(email: str) -> str:
    """What somebody is called of whom nothing but the address is known."""
    return email.partition("@")[0]
