"""The tables that can be exported: their columns, in the order in which they are written.

The statement `export_<table>` (store/sqlite/exporting.sql) selects exactly these columns, by these names. A column goes
into an anonymous export only where it says so: what is added later and says nothing stays out.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final


class Kind(Enum):
    """What the cells of a column are, as batches hold them (`rows.py`)."""

    text = "text"
    """What people and programs outside wrote: str."""
    word = "word"
    """A name of wabot's own, or of the tenant's rules: str."""
    number = "number"
    """int."""
    real = "real"
    """float."""
    flag = "flag"
    """bool."""
    moment = "moment"
    """UTC milliseconds."""
    day = "day"
    """2026-01-31."""
    words = "words"
    """list of str; JSON text in the store."""
    local_day = "local_day"
    """As `day`; a moment in the store, seen on the tenant's clock."""
    local_hour = "local_hour"
    """As `number`, 0 to 23; a moment in the store, seen on the tenant's clock."""


class Veil(Enum):
    """What becomes of a column in an anonymous export."""

    drop = ""
    keep = "keep"
    customer = "customer"
    conversation = "conversation"
    message = "message"
    operator = "operator"
    """The last four: a pseudonym of that kind stands in its place."""


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    kind: Kind
    veil: Veil = Veil.drop


@dataclass(frozen=True, slots=True)
class Table:
    """`counts`: what one row is, in the plural."""

    name: str
    counts: str
    columns: tuple[Column, ...]
    is_sum: bool = False
    """Read from the aggregates, by days, and not from the chats themselves."""

    @property
    def statement(self) -> str:
        return f"export_{self.name}"

    @property
    def count_statement(self) -> str:
        return f"export_{self.name}_count"


def _columns(veil: Veil, kind: Kind, names: str) -> tuple[Column, ...]:
    return tuple(Column(name, kind, veil) for name in names.split())


_SUMS: Final = (
    *_columns(
        Veil.keep,
        Kind.number,
        """total_conversations new_conversations active_conversations resolved_conversations bot_only_conversations
        handed_over_conversations total_messages messages_from_customers messages_from_cs messages_auto_reply
        messages_system messages_failed messages_delivered messages_read unique_customers new_customers
        first_response_time_seconds average_response_time_seconds average_resolution_time_minutes
        auto_reply_triggered auto_reply_failed""",
    ),
    Column("auto_reply_success_rate", Kind.real, Veil.keep),
    *_columns(Veil.keep, Kind.number, "cs_online_count cs_at_work_count"),
    Column("cs_utilization_rate", Kind.real, Veil.keep),
    *_columns(
        Veil.keep,
        Kind.number,
        """questions rule_responses rule_response_millis person_responses person_response_millis first_responses_open
        first_response_millis_open first_responses_closed first_response_millis_closed first_person_responses
        first_person_millis resolution_millis messages_decided messages_answered messages_unknown csat_answers
        csat_total""",
    ),
)

TABLES: Final = (
    Table(
        "messages",
        "messages",
        (
            Column("id", Kind.word, Veil.message),
            Column("date", Kind.local_day, Veil.keep),
            Column("hour", Kind.local_hour, Veil.keep),
            Column("at", Kind.moment, Veil.keep),
            Column("conversation_id", Kind.word, Veil.conversation),
            Column("contact_id", Kind.word, Veil.customer),
            *_columns(Veil.drop, Kind.text, "customer_phone customer_lid customer_name"),
            Column("sender_type", Kind.word, Veil.keep),
            Column("sender_id", Kind.text, Veil.operator),
            Column("sender_name", Kind.text),
            Column("message_type", Kind.word, Veil.keep),
            Column("content", Kind.text),
            Column("status", Kind.word, Veil.keep),
            Column("error_message", Kind.text),
            Column("rule_id", Kind.word, Veil.keep),
            *_columns(Veil.keep, Kind.moment, "created_at sent_at delivered_at read_at edited_at revoked_at"),
            *_columns(Veil.keep, Kind.flag, "is_forwarded is_imported"),
            *_columns(Veil.drop, Kind.text, "media_mime_type media_file"),
            Column("media_size", Kind.number, Veil.keep),
            *_columns(Veil.drop, Kind.text, "wa_message_id quoted_message_id"),
        ),
    ),
    Table(
        "conversations",
        "conversations",
        (
            Column("id", Kind.word, Veil.conversation),
            Column("contact_id", Kind.word, Veil.customer),
            *_columns(Veil.drop, Kind.text, "customer_phone customer_lid customer_name"),
            *_columns(Veil.keep, Kind.word, "status priority"),
            Column("category", Kind.text),
            Column("tags", Kind.words),
            *_columns(Veil.keep, Kind.number, "total_messages customer_messages unread_count reopened"),
            Column("operator", Kind.text, Veil.operator),
            Column("waits_for", Kind.text),
            *_columns(
                Veil.keep,
                Kind.moment,
                "created_at last_customer_at last_message_at waiting_since assigned_at answered_at resolved_at",
            ),
            Column("last_message_from", Kind.word, Veil.keep),
            *_columns(Veil.drop, Kind.text, "last_message_content internal_notes"),
        ),
    ),
    Table(
        "contacts",
        "contacts",
        (
            Column("id", Kind.word, Veil.customer),
            *_columns(Veil.drop, Kind.text, "phone lid name email address notes customer_id"),
            Column("tags", Kind.words),
            Column("segment", Kind.word, Veil.keep),
            *_columns(
                Veil.keep,
                Kind.number,
                "total_messages_received total_messages_sent total_conversations total_orders total_spent",
            ),
            *_columns(Veil.keep, Kind.moment, "last_order_at first_contact_at last_contact_at"),
            Column("is_blocked", Kind.flag, Veil.keep),
            Column("blocked_at", Kind.moment, Veil.keep),
            Column("blocked_reason", Kind.text),
        ),
    ),
    Table(
        "rules",
        "rows",
        (
            Column("date", Kind.day, Veil.keep),
            *_columns(Veil.keep, Kind.word, "rule_id reason"),
            *_columns(Veil.keep, Kind.number, "fired failed alone by_person unknown_next micros"),
            Column("last_at", Kind.moment, Veil.keep),
        ),
        is_sum=True,
    ),
    Table(
        "hourly",
        "hours",
        (Column("date", Kind.day, Veil.keep), Column("hour", Kind.number, Veil.keep), *_SUMS),
        is_sum=True,
    ),
    Table("daily", "days", (Column("date", Kind.day, Veil.keep), *_SUMS), is_sum=True),
    Table(
        "operators",
        "rows",
        (
            Column("date", Kind.day, Veil.keep),
            Column("operator", Kind.text, Veil.operator),
            *_columns(
                Veil.keep,
                Kind.number,
                """chats messages responses response_millis first_responses first_millis settled settled_millis
                csat_answers csat_total online_millis""",
            ),
        ),
        is_sum=True,
    ),
)
