"""The statements of the list of conversations: one for each way through an index, sort and direction, all of one
pattern, so that each has a plan that was looked at."""

from collections.abc import Iterator
from typing import Final, NamedTuple

MOST: Final = 5
"""Tags, and words, that are asked for at once."""
_SORTS: Final = {"last": "last_message_at", "created": "created_at", "unread": "unread_count"}


def begins(word: str) -> str:
    """The condition that the column `word` begins with that: what does lies before it and the last letter there is."""
    return f"word >= {word} AND word < {word} || char(1114111)"


class _Way(NamedTuple):
    """`condition` is what an index answers, `source` where the rows come from, and `own` the order in which the index
    has them ("": none). In any other order of `sorts` all that is found is sorted and counted, and `+` keeps the
    planner from another index."""

    condition: str
    own: str = ""
    sorts: tuple[str, ...] = tuple(_SORTS)
    source: str = "conversations"


_MINE: Final = "conversations.tenant_id = :tenant"
_OF_STATUS: Final = "status = +:status"
"""With `+`, as SQLite otherwise compares the value with what partial indexes are of, and so plans anew each time."""
_UNREAD: Final = "conversations INDEXED BY conversations_unread"
_WAYS: Final = {
    "recent": _Way(_MINE, "last", ("last",)),
    "created": _Way(_MINE, "created", ("created",)),
    "unread": _Way(f"{_MINE} AND unread_count > 0", "last", ("last",), _UNREAD),
    # In no index: each message would change two, and a shop that has thousands unread has other sorrows.
    "most": _Way(f"{_MINE} AND unread_count > 0", "unread", ("unread",), _UNREAD),
    "status": _Way(f"{_MINE} AND {_OF_STATUS}", "last"),
    "both": _Way(f"{_MINE} AND {_OF_STATUS} AND operator_id IS :operator", "last"),
    "owner": _Way(f"{_MINE} AND status IN ('active', 'pending', 'resolved', 'closed') AND operator_id IS :operator"),
    "tag": _Way(
        "conversation_tags.tenant_id = :tenant AND conversation_tags.tag = :rarest",
        "last",
        source="conversation_tags CROSS JOIN conversations ON conversations.id = conversation_tags.conversation_id",
    ),
    "word": _Way(
        "conversations.id IN (SELECT found.id FROM contact_words CROSS JOIN conversations AS found"
        " ON found.contact_id = contact_words.contact_id WHERE contact_words.tenant_id = :tenant"
        f" AND {begins(':rarest')})"
    ),
    "snoozed": _Way(f"{_MINE} AND snoozed_until IS NOT NULL AND snoozed_until > :now"),
}

_FILTERS: Final = """
    AND (CASE WHEN :status IS NULL THEN status <> 'spam' ELSE status = :status END)
    AND (:owned IS NULL OR operator_id IS :operator)
    AND (:unread IS NULL OR (unread_count > 0) = :unread)
    AND (:snoozed IS NULL OR (COALESCE(snoozed_until, 0) > :now) = :snoozed)""" + "".join(
    f"""
    AND (:tag{number} IS NULL OR INSTR(tags, :tag{number}))
    AND (:word{number} IS NULL OR EXISTS (SELECT 1 FROM contact_words WHERE contact_id = conversations.contact_id
        AND {begins(f":word{number}")}))"""
    for number in range(1, MOST + 1)
)
"""What no index answers is asked of each row on the way; NULL asks for nothing. Tags are JSON, and so is :tag1."""

_SHOWN: Final = (
    *("id", "chat", "status", "priority", "unread_count", "last_message_at", "last_message_content"),
    *("last_message_from", "operator_id", "tags", "category", "assigned_to", "paused_until", "snoozed_until"),
    *("total_messages", "created_at", "updated_at"),
)
"""What a list shows of a conversation. Not all that there is: each column more is asked by name of each row."""
ROW: Final = f"""{", ".join(f"conversations.{column}" for column in _SHOWN)},
    contacts.name AS contact_name, contacts.phone AS contact_phone, operators.name AS operator_name"""
_PEOPLE: Final = """JOIN contacts ON contacts.id = conversations.contact_id
LEFT JOIN operators ON operators.id = conversations.operator_id"""


def name_of(way: str, sort: str, *, descending: bool, counted: bool = False) -> str:
    """The statement that goes this way; `counted` has the number of all that are found in `found` of each row."""
    return f"inbox_{way}_by_{sort}_{'down' if descending else 'up'}{'_counted' if counted else ''}"


def list_statements() -> Iterator[tuple[str, str]]:
    """Names and SQL."""
    for name, way in _WAYS.items():
        for sort in way.sorts:
            for descending in (True, False):
                if sort == way.own:
                    yield name_of(name, sort, descending=descending), _page(name, way, sort, descending, counted=False)
                if len(way.sorts) > 1:
                    yield (
                        name_of(name, sort, descending=descending, counted=True),
                        _page(name, way, sort, descending, counted=True),
                    )


def _page(name: str, way: _Way, sort: str, descending: bool, *, counted: bool) -> str:
    direction = "DESC" if descending else "ASC"
    order = f"conversations.{_SORTS[sort]} {direction}"
    if sort == "unread":
        order += f", conversations.last_message_at {direction}"
    inner = f"+{order}" if counted else order
    if name == "tag" and not counted:
        inner = order.replace("conversations.", "conversation_tags.")
    number = ", COUNT(*) OVER () AS number" if counted else ""
    return f"""SELECT {ROW}{", page.number AS found" if counted else ""} FROM (
    SELECT conversations.rowid AS place{number} FROM {way.source} WHERE {way.condition}{_FILTERS}
    ORDER BY {inner} LIMIT :limit OFFSET :offset) AS page
JOIN conversations ON conversations.rowid = page.place
{_PEOPLE}
ORDER BY {order}"""
