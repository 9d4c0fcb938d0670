"""The statements of the list of conversations: one for each way through an index, sort and direction, all of one
pattern, so that each has a plan that was looked at."""

from collections.abc import Iterator
from typing import Final, NamedTuple

_SORTS: Final = {"last": "last_message_at", "created": "created_at", "unread": "unread_count"}
_MOST: Final = 2_000
"""Rows of a way that is sorted afterwards; a larger one is walked in its order."""


class _Way(NamedTuple):
    """`source` is where the rows come from, `condition` what an index answers, `sorts` in which orders, `own` the one
    in which the index has them: for the others the rows are sorted, and `+` keeps the planner from another index."""

    condition: str
    sorts: tuple[str, ...]
    own: str = ""
    source: str = "conversations"


_WAYS: Final = {
    "recent": _Way("conversations.tenant_id = :tenant", ("last",), "last"),
    "created": _Way("conversations.tenant_id = :tenant", ("created",), "created"),
    "unread": _Way(
        "conversations.tenant_id = :tenant AND unread_count > 0",
        ("last",),
        "last",
        "conversations INDEXED BY conversations_unread",
    ),
    "most": _Way("conversations.tenant_id = :tenant AND unread_count > 0", ("unread",), "unread"),
    "status": _Way("conversations.tenant_id = :tenant AND status = :status", tuple(_SORTS), "last"),
    "both": _Way(
        "conversations.tenant_id = :tenant AND status = :status AND operator_id IS :operator", tuple(_SORTS), "last"
    ),
    "owner": _Way(
        "conversations.tenant_id = :tenant AND status IN ('active', 'pending', 'resolved', 'closed')"
        " AND operator_id IS :operator",
        tuple(_SORTS),
    ),
    "set": _Way(
        "conversations.tenant_id = :tenant",
        tuple(_SORTS),
        "",
        "json_each(:ids) AS wanted CROSS JOIN conversations ON conversations.id = wanted.value",
    ),
}

_FILTERS: Final = """
    AND (CASE WHEN :status IS NULL THEN status <> 'spam' ELSE status = :status END)
    AND (:owned IS NULL OR operator_id IS :operator)
    AND (:unread IS NULL OR (unread_count > 0) = :unread)
    AND (:snoozed IS NULL OR (COALESCE(snoozed_until, 0) > :now) = :snoozed)
    AND (:tags IS NULL OR NOT EXISTS (SELECT 1 FROM json_each(:tags) AS asked WHERE NOT EXISTS
        (SELECT 1 FROM conversation_tags WHERE conversation_id = conversations.id AND tag = asked.value)))
    AND (:words IS NULL OR NOT EXISTS (SELECT 1 FROM json_each(:words) AS asked WHERE NOT EXISTS
        (SELECT 1 FROM contact_words WHERE contact_id = conversations.contact_id
            AND word >= asked.value AND word < asked.value || char(1114111))))"""
"""What no index answers is asked of each row on the way; NULL asks for nothing."""

ROW: Final = """conversations.*, contacts.name AS contact_name, contacts.phone AS contact_phone,
    contacts.is_blocked, operators.name AS operator_name, operators.email AS operator_email"""
"""What a list shows of a conversation."""
_PEOPLE: Final = """JOIN contacts ON contacts.id = conversations.contact_id
LEFT JOIN operators ON operators.id = conversations.operator_id"""


def name_of(way: str, sort: str, descending: bool) -> str:
    """The statement that goes this way."""
    return f"inbox_{way}_by_{sort}_{'down' if descending else 'up'}"


def list_statements() -> Iterator[tuple[str, str]]:
    """Names and SQL."""
    for name, way in _WAYS.items():
        for sort in way.sorts:
            for descending in (True, False):
                yield name_of(name, sort, descending), _page(way, sort, descending)
    for name in ("recent", "set"):
        condition, source = _WAYS[name].condition, _WAYS[name].source
        # Of a whole inbox only the newest are looked through.
        inner = source if name == "set" else f"(SELECT * FROM {source} WHERE {condition}{_NEWEST}) AS conversations"
        yield f"inbox_{name}_counted", f"SELECT COUNT(*) AS number FROM {inner} WHERE {condition}{_FILTERS}"


_NEWEST: Final = f" ORDER BY last_message_at DESC LIMIT {5 * _MOST}"


def _page(way: _Way, sort: str, descending: bool) -> str:
    direction = "DESC" if descending else "ASC"
    order = f"{_SORTS[sort]} {direction}" + (f", last_message_at {direction}" if sort == "unread" else "")
    inner = order if sort == way.own else f"+{order}"
    return f"""SELECT {ROW} FROM (
    SELECT conversations.id AS page_id FROM {way.source} WHERE {way.condition}{_FILTERS}
    ORDER BY {inner} LIMIT :limit OFFSET :offset) AS page
JOIN conversations ON conversations.id = page.page_id
{_PEOPLE}
ORDER BY {order}"""
