"""What the endpoints of analytics answer, as the OpenAPI document has it."""

from wabot.api.answers import Shape


class Period(Shape):
    """Both days are included, on the clock of `timezone`."""

    date_from: str
    date_to: str
    timezone: str


class OfPeriod(Shape):
    """`as_of` is when all that was stored had been counted; null: never yet."""

    period: Period
    as_of: str | None


class Point(Shape):
    date: str
    count: int


class TimePoint(Shape):
    date: str
    avg_seconds: float


class Overview(Shape):
    """Response times are seconds, resolution times minutes, rates percent; 0 for none."""

    total_conversations: int
    new_conversations: int
    active_conversations: int
    resolved_conversations: int
    total_messages: int
    unique_customers: int
    new_customers: int
    average_response_time: float
    average_person_response_time: float
    average_first_response_time: float
    average_first_response_time_open: float
    average_first_response_time_closed: float
    average_resolution_time: float
    auto_reply_rate: float
    auto_reply_success_rate: float
    resolved_by_bot_rate: float
    delivered_rate: float
    cs_utilization_rate: float
    csat_average: float


class Trends(Shape):
    conversations: list[Point]
    messages: list[Point]
    response_time: list[TimePoint]


class NamedRule(Shape):
    rule_id: str
    rule_name: str


class TopRule(NamedRule):
    triggered_count: int


class OfPerson(Shape):
    cs_id: str
    cs_name: str
    chats_handled: int
    avg_response_time: float


class Dashboard(OfPeriod):
    overview: Overview
    trends: Trends
    top_auto_replies: list[TopRule]
    cs_performance: list[OfPerson]


class ByStatus(Shape):
    active: int
    pending: int
    resolved: int
    closed: int
    spam: int


class OfHour(Shape):
    """`count` is of conversations, `messages` of what customers wrote in them."""

    hour: int
    count: int
    messages: int


class OfWeekdayHour(OfHour):
    """1 is Monday."""

    weekday: int


class Messages(Shape):
    """What went to customers is by who wrote it; what failed is in none of those."""

    from_customers: int
    from_people: int
    from_rules: int
    from_system: int
    failed: int
    delivered: int
    read: int


class OfConversations(OfPeriod):
    """`average_resolution_time` is minutes."""

    total: int
    new: int
    resolved: int
    resolved_by_bot: int
    handed_over: int
    by_status: ByStatus
    by_hour: list[OfHour]
    by_weekday_hour: list[OfWeekdayHour]
    by_messages: Messages
    average_messages_per_conversation: float
    average_resolution_time: float


class OfRule(TopRule):
    """`alone_count`: neither did a person write within ten minutes, nor was the customer's next message one that no
    rule knew."""

    failed_count: int
    alone_count: int
    followed_by_person_count: int
    unknown_next_count: int
    alone_rate: float
    last_triggered_at: str
    average_execution_time_ms: float


class Silence(Shape):
    reason: str
    count: int


class OfRules(OfPeriod):
    customer_messages: int
    answered: int
    auto_reply_rate: float
    rules: list[OfRule]
    never_triggered: list[NamedRule]
    by_day: list[Point]
    not_answered: list[Silence]


class Performance(Shape):
    """Response times are seconds, resolution times minutes; 0 for none."""

    id: str
    name: str
    email: str
    chats_handled: int
    chats_resolved: int
    messages_sent: int
    average_response_time: float
    average_first_response_time: float
    average_resolution_time: float
    csat_answers: int
    csat_average: float
    online_minutes: float


class OfPeople(OfPeriod):
    """`others` have no account, so no id: who was removed; "" for the shop's phone, "wabot" for whoever wrote without a
    name."""

    operators: list[Performance]
    others: list[Performance]
