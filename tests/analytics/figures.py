"""Figures in one form, whoever counted them."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Final

Hour = tuple[date, int | None]
"""An hour of the tenant's clock; None for its whole day."""


@dataclass
class Figures:
    """What is not in a mapping is 0. Rules are keyed by day, rule and reason, people by day and e-mail."""

    chats: dict[Hour, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    rules: dict[tuple[date, str, str], dict[str, int]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(int))
    )
    people: dict[tuple[date, str], dict[str, int]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(int))
    )


COLUMN: Final = {
    "conversations": "new_conversations",
    "chats": "total_conversations",
    "resolved": "resolved_conversations",
    "bot_only": "bot_only_conversations",
    "handed_over": "handed_over_conversations",
    "messages": "total_messages",
    "from_customers": "messages_from_customers",
    "from_people": "messages_from_cs",
    "from_rules": "messages_auto_reply",
    "from_system": "messages_system",
    "failed": "messages_failed",
    "delivered": "messages_delivered",
    "read": "messages_read",
    "decided": "messages_decided",
    "answered": "messages_answered",
    "unknown": "messages_unknown",
    "triggered": "auto_reply_triggered",
    "trigger_failed": "auto_reply_failed",
    "online": "cs_online_count",
    "at_work": "cs_at_work_count",
}
"""The column of `chat_analytics` that a figure of the overview is read from, where it has another name."""
