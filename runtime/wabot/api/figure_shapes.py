"""What the endpoints of analytics answer, as the OpenAPI document has it."""

from wabot.api.answers import Shape


class Period(Shape):
    """Both days are included, on the clock of `timezone`."""

    date_from: str
    date_to: str
    timezone: str


class OfPeriod(Shape):
    period: Period


class Point(Shape):
    date: str
    count: int


class TimePoint(Shape):
    date: str
    avg_seconds: float


class Overview(Shape):
    """Times are seconds, 0 for none; `auto_reply_rate` is in percent."""

    total_conversations: int
    active_conversations: int
    resolved_conversations: int
    total_messages: int
    unique_customers: int
    average_response_time: float
    average_person_response_time: float
    auto_reply_rate: float


class Trends(Shape):
    conversations: list[Point]
    messages: list[Point]
    response_time: list[TimePoint]


class TopRule(Shape):
    rule_id: str
    rule_name: str
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


class OfConversations(OfPeriod):
    """`average_resolution_time` is minutes."""

    by_status: ByStatus
    by_hour: list[OfHour]
    average_messages_per_conversation: float
    average_resolution_time: float


class OfRule(TopRule):
    failed_count: int
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
    average_resolution_time: float


class OfPeople(OfPeriod):
    operators: list[Performance]
