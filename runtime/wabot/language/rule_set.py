"""What rules are once they are checked: immutable values that the engine decides from."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, Protocol

from wabot.language.csat import Csat
from wabot.language.diagnostic import Location
from wabot.language.hours import ALWAYS_OPEN, Hours, Span
from wabot.language.orders import OrdersLookup
from wabot.language.regex import NO_GROUPS, Regex
from wabot.language.responses import Response
from wabot.language.responses.menu import Option
from wabot.language.template import Template
from wabot.language.triggers import Trigger
from wabot.model.context import Priority
from wabot.model.segments import Segments
from wabot.model.value import value

NO_VARS: Final[Mapping[str, object]] = MappingProxyType({})

WINDOW: Final = 7 * 86_400_000
"""Milliseconds: nobody is written to who has been silent for longer; every message is kept for so long, to know copies
of it."""

HoursState = Literal["open", "closed"]


@value
class AutoReply:
    """Limits of a tenant's automatic replies. `delay`, `debounce` and `stale_after` are milliseconds. `only` and
    `except_` hold phone numbers (digits) and `tag:NAME`. `mark_read` says which messages of customers the bot shows as
    read: "never", "answered" or "always"."""

    enabled: bool = True
    delay: int = 2_000
    debounce: int = 2_000
    max_per_contact_per_day: int = 50
    max_per_minute: int = 10
    stale_after: int = 600_000
    only: frozenset[str] = frozenset()
    except_: frozenset[str] = frozenset()
    dry_run: bool = False
    mark_read: str = "never"


@value
class Handoff:
    """How chats go to people. `pause` is milliseconds since that person's last message; `nobody` is what a customer is
    told when nobody can take their chat now (None: wabot's own words). `answer_within` is how many milliseconds a
    customer waits for whoever has the chat before it is offered to others (None: for ever), `absent_after` after how
    many without a sign of life somebody who works in a front end counts as away."""

    assign: str = "round_robin"
    pause: int = 12 * 3_600_000
    notify: str = ""
    nobody: Template | None = None
    answer_within: int | None = 600_000
    absent_after: int = 300_000


@value
class MediaSettings:
    """Which files of customers are downloaded: kinds of message, and the most bytes of one. Off unless asked for."""

    download: bool = False
    max_size: int = 10_000_000
    types: frozenset[str] = frozenset({"image", "document"})


@value
class Tenant:
    """One business. `id` is its folder's name; `phone` has digits only; `keep` is how many milliseconds what was said
    is kept (None: for ever); `managed`: its rules may also be written by the API."""

    id: str
    name: str
    phone: str
    timezone: tzinfo
    language: str = "id"
    vars: Mapping[str, object] = NO_VARS
    teams: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    auto_reply: AutoReply = AutoReply()
    handoff: Handoff = Handoff()
    segments: Segments = Segments()
    media: MediaSettings = MediaSettings()
    keep: int | None = 365 * 86_400_000
    orders: OrdersLookup | None = None
    csat: Csat = Csat()
    managed: bool = False


@value
class TagCondition:
    """Which of the customer's tags are asked for; an empty set asks nothing."""

    any: frozenset[str] = frozenset()
    all: frozenset[str] = frozenset()
    none: frozenset[str] = frozenset()


@value
class Conditions:
    """All that are not None must hold. `message_count` is (least, most), the current message included; `last_contact`
    is (more than, less than) milliseconds; `days` counts from Monday = 0."""

    first_message: bool | None = None
    hours: HoursState | None = None
    message_type: frozenset[str] | None = None
    customer_tags: TagCondition | None = None
    has_order_history: bool | None = None
    segment: frozenset[str] | None = None
    message_count: tuple[int | None, int | None] | None = None
    last_contact: tuple[int | None, int | None] | None = None
    between: Span | None = None
    days: frozenset[int] | None = None


@value
class FollowUp:
    """What a rule says `after` so many milliseconds, unless the customer or a person has written meanwhile."""

    after: int
    message: Template


@value
class Rule:
    """One auto-reply rule. `cooldown` is milliseconds, `delay` the least milliseconds before the reply (None: the
    tenant's); `max_per_day` counts per customer and tenant's day; `location` is where its id is written."""

    id: str
    trigger: Trigger
    response: Response
    location: Location
    name: str = ""
    description: str = ""
    enabled: bool = True
    priority: int = 50
    conditions: Conditions | None = None
    cooldown: int | None = None
    max_per_day: int | None = None
    delay: int | None = None
    continues: bool = False
    tags: frozenset[str] = frozenset()
    set_priority: Priority | None = None
    follow_up: FollowUp | None = None

    @property
    def limited(self) -> bool:
        """Whether what a contact used of this rule matters to later decisions."""
        return self.cooldown is not None or self.max_per_day is not None


@value
class QuickReply:
    """A shortcut for the people who answer; `operators` empty means for all of them."""

    shortcut: str
    title: str
    message: str
    category: str = ""
    tags: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()


MenuAct = Literal["", "chosen", "back", "forward_to_cs", "close", "invalid", "give_up"]


class Answer(NamedTuple):
    """A rule that answers: `matched` is the keyword, the option's key, or the text that a regex matched ("" where the
    trigger is not in the text); `groups` are a regex's named groups. `act` says how an open menu took part: the rule
    was "chosen" (or gone "back" to) by an option; or the menu itself answers, by its option's action, or because
    nothing was chosen ("invalid", and "give_up" once it was so too often: a person is called)."""

    rule: Rule
    matched: str = ""
    groups: Mapping[str, str] = NO_GROUPS
    act: MenuAct = ""


class Decision(NamedTuple):
    """`answers` in the order in which they are sent. `reason` is "answered", or the name of what kept wabot silent: a
    gate, "cooldown", "daily_cap" or "no_match". Why each single rule did or did not answer: `wabot.engine.trace`."""

    answers: tuple[Answer, ...]
    reason: str


class Candidate(NamedTuple):
    """A rule whose trigger may match. `rank` is its place in `RuleSet.rules`; `order` tells candidates of one rule
    apart; `kind` is how its literal must stand in the text. With a `regex`, that must match, too. `decision` is what is
    decided if this candidate alone answers: for most messages the whole decision is known before they arrive.
    `certain`: found is answered, unless the contact has used up the rule; where it has used nothing, the rule itself
    need not be looked at."""

    rank: int
    order: int
    kind: int
    certain: bool
    regex: Regex | None
    decision: Decision

    @property
    def rule(self) -> Rule:
        return self.decision.answers[0].rule


class Choices(Protocol):
    """A menu, ready to be chosen from."""

    @property
    def rule(self) -> Rule:
        """The rule that opens the menu."""

    def chosen(self, text: str) -> Option | None:
        """The option that `text` names."""

    def missed(self, times: int) -> "Decision":
        """What is decided when nothing was chosen and no rule answered, for the `times`-th time in a row (from 0)."""

    def target(self, option: Option) -> Rule | None:
        """The enabled rule that its `goto` leads to."""

    def selections(self, option: Option) -> Sequence[Candidate]:
        """Rules with the trigger menu_selection for it, best first."""


class Matcher(Protocol):
    """Finds the rules that a message triggers. Built by the engine; the language knows only that there is one.

    `welcomes`, `timed` and `fallbacks` are the rules whose trigger is not in the text; `menus` what chooses an option
    of which menu.
    """

    @property
    def menus(self) -> Mapping[str, Choices]: ...

    @property
    def welcomes(self) -> Sequence[Candidate]: ...

    @property
    def timed(self) -> Sequence[Candidate]: ...

    @property
    def fallbacks(self) -> Sequence[Candidate]: ...

    def candidates(self, text: str) -> list[Candidate]:
        """Rules with a keyword or pattern trigger that `text` may match, best first. Never fails, whatever the text."""


@value
class RuleSet:
    """A tenant's rules, ready to decide. `rules` stand in the order of decision: priority, then as written. `revision`
    is a hash of the content of every file they came from."""

    tenant: Tenant
    rules: tuple[Rule, ...]
    revision: str
    matcher: Matcher
    hours: Hours = ALWAYS_OPEN
    quick_replies: tuple[QuickReply, ...] = ()
