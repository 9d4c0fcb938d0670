"""Bodies of the endpoints about rules and quick replies, as clients write them."""

from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from wabot.api.answers import Shape
from wabot.model.context import Priority
from wabot.model.message import MessageType

_NO_CONTROLS: Final = r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]*$"
_ONE_LINE: Final = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]+$"
Text = Annotated[str, StringConstraints(max_length=65_536, pattern=_NO_CONTROLS)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=1_000, pattern=_ONE_LINE)]
Name = Annotated[Line, StringConstraints(max_length=100)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,62}$")]
Time = Annotated[str, StringConstraints(pattern=r"^[0-2][0-9]:[0-5][0-9]$")]
Tag = Annotated[str, StringConstraints(pattern=r"^[^\s,:\x00-\x1f\x7f-\x9f\ufeff]{1,50}$")]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]
Emails = Annotated[list[Email], Field(max_length=100)]
TriggerType = Literal["welcome", "keyword", "time_based", "pattern", "menu_selection", "fallback", "goto"]


class WorkingHours(Shape):
    """The shop's hours; a rule of the type `time_based` answers outside of them. Days: 1 Monday … 7 Sunday (0 is
    Sunday, too); none: all. The time zone is the tenant's."""

    start: Time
    end: Time
    timezone: Line | None = None
    days: list[Annotated[int, Field(ge=0, le=7)]] | None = None


class MenuOption(Shape):
    """`action`: forward_to_cs, back, close, or the id of the rule that answers (as `nextRuleId`)."""

    key: Annotated[Line, StringConstraints(max_length=20, pattern=r"\S")]
    label: Name
    action: Line | Literal[""] | None = None
    next_rule_id: Id | None = None


class RouteTo(Shape):
    """Whom a chat is for: one of the three."""

    team: Id | None = None
    role: Literal["owner", "admin", "supervisor", "operator"] | None = None
    operator: Line | None = None


class RuleConditions(Shape):
    is_first_message: bool | None = None
    has_order_history: bool | None = None
    customer_tags: list[Tag] | None = None
    message_count_min: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    message_count_max: Annotated[int, Field(ge=1, le=1_000_000)] | None = None


class RuleChange(Shape):
    """A rule, or what of one shall change: fields that are left out stay, null takes a field away."""

    name: Name | None = None
    description: Text | None = None
    trigger_type: TriggerType | None = None
    keywords: Annotated[list[Line], Field(max_length=1_000)] | None = None
    match_type: Literal["exact", "contains", "starts_with", "ends_with", "word", "regex", "fuzzy"] | None = None
    case_sensitive: bool | None = None
    max_typos: Annotated[int, Field(ge=0, le=3)] | None = None
    regex_pattern: Line | None = None
    hours: Literal["open", "closed"] | None = None
    working_hours: WorkingHours | None = None
    menu_rule_id: Id | None = None
    menu_key: Line | None = None
    conditions: RuleConditions | None = None
    response_type: Literal["text", "template", "menu", "forward_to_cs", "smart_route", "media", "none"] | None = None
    response_message: Text | Annotated[list[Text], Field(max_length=100)] | None = None
    response_template: Line | None = None
    response_file: Line | None = None
    menu_options: Annotated[list[MenuOption], Field(max_length=20)] | None = None
    route_to: RouteTo | None = None
    route_condition: Id | None = None
    priority: Annotated[int, Field(ge=0, le=100)] | None = None
    cooldown_minutes: Annotated[float, Field(ge=0, le=525_600)] | None = None
    max_triggers_per_day: Annotated[int, Field(ge=1, le=1_000)] | None = None
    delay_seconds: Annotated[float, Field(ge=0, le=86_400)] | None = None
    continue_to_next: bool | None = None
    tags: Annotated[list[Tag], Field(max_length=100)] | None = None
    set_priority: Priority | None = None
    is_active: bool | None = None


class NewRule(RuleChange):
    """`id` names the rule for good, in logs and tests; left out, it is made of the name."""

    id: Id | None = None


class CustomerContext(Shape):
    """Who writes. `at` is when (ISO 8601); null is now."""

    is_first_message: bool = False
    has_order_history: bool = False
    name: Annotated[str, StringConstraints(max_length=100)] = ""
    tags: Annotated[list[Tag], Field(max_length=100)] = Field(default_factory=list)
    message_type: MessageType = "text"
    at: str | None = None


class RuleTest(Shape):
    test_message: Annotated[str, StringConstraints(max_length=65_536)]
    customer_context: CustomerContext = Field(default_factory=CustomerContext)


class QuickReplyChange(Shape):
    """A quick reply, or what of one shall change: fields that are left out stay. `isGlobal: false` without `operators`:
    for whoever writes it alone."""

    shortcut: Annotated[str, StringConstraints(pattern=r"^/?[a-z0-9_-]{1,49}$")] | None = None
    title: Name | None = None
    message: Annotated[Text, StringConstraints(min_length=1)] | None = None
    category: Annotated[Line, StringConstraints(max_length=50)] | Literal[""] | None = None
    tags: Annotated[list[Tag], Field(max_length=100)] | None = None
    is_global: bool | None = None
    operators: Emails | None = None


class NewQuickReply(QuickReplyChange):
    shortcut: Annotated[str, StringConstraints(pattern=r"^/?[a-z0-9_-]{1,49}$")]
    title: Name
    message: Annotated[Text, StringConstraints(min_length=1)]


class RenderFor(Shape):
    conversation_id: Line
