"""The sums of a day's shares: chat_analytics, rule_analytics, operator_analytics."""

from collections import defaultdict
from datetime import date
from typing import Any, Final

from wabot.store.sqlite.queries import Ask

EPOCH: Final = date(1970, 1, 1).toordinal()
_SUMS: Final = ("sum_messages", "sum_begun", "sum_settled", "sum_rules", "sum_marks", "sum_presence")
COLUMNS: Final = (
    "total_conversations", "new_conversations", "active_conversations", "resolved_conversations",
    "bot_only_conversations", "handed_over_conversations", "total_messages", "messages_from_customers",
    "messages_from_cs", "messages_auto_reply", "messages_system", "messages_failed", "messages_delivered",
    "messages_read", "unique_customers", "new_customers", "questions", "rule_responses", "rule_response_millis",
    "person_responses", "person_response_millis", "first_responses_open", "first_response_millis_open",
    "first_responses_closed", "first_response_millis_closed", "first_person_responses", "first_person_millis",
    "resolution_millis", "messages_decided", "messages_answered", "messages_unknown", "auto_reply_triggered",
    "auto_reply_failed", "csat_answers", "csat_total", "cs_online_count", "cs_at_work_count",
)  # fmt: skip
"""What chat_analytics sums."""
_WHOLE: Final = -1
"""The bucket of the whole day."""


def sum_day(ask: Ask, day: int) -> None:
    """Sum the day (of the tenant's clock, counted from 1970-01-01) anew."""
    shown = date.fromordinal(day + EPOCH).isoformat()
    span = {"first": day * 24, "beyond": day * 24 + 24}
    rows: dict[int, dict[str, Any]] = defaultdict(dict)
    for statement in _SUMS:
        for whole in (0, 1):
            for row in ask(statement, whole=whole, **span):
                bucket, *sums = row
                rows[bucket] |= {name: value or 0 for name, value in zip(row.keys()[1:], sums, strict=True)}
    ask("sums_drop", date=shown)
    for bucket, sums in rows.items():
        hour = None if bucket == _WHOLE else bucket
        ask("sums_add", date=shown, hour=hour, **{**dict.fromkeys(COLUMNS, 0), **sums})
    for table in ("rule", "operator"):
        ask(f"{table}_sums_drop", date=shown)
        ask(f"{table}_sums_add", date=shown, **span)
