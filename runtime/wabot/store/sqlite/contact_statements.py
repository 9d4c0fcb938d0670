"""The statements of the list of contacts: one for each way to those that are sought, and each order, all of one
pattern, so that each has a plan that was looked at."""

from collections.abc import Iterator
from typing import Final

from wabot.store.sqlite.list_statements import MOST, begins

ORDERS: Final = {
    "last_contact": "last_contact_at",
    "first_contact": "first_contact_at",
    "name": "name COLLATE NOCASE",
    "total_orders": "total_orders",
    "total_spent": "total_spent",
}
_IN_SEGMENT: Final = """
        SELECT id FROM contacts WHERE tenant_id = :tenant AND segment_manual = :rarest
        UNION ALL
        SELECT id FROM contacts WHERE tenant_id = :tenant AND segment_manual = ''
            AND last_contact_at >= :inactive_before
            AND segment IN (:rarest, CASE WHEN :rarest = 'new' THEN '' ELSE :rarest END)
        UNION ALL
        SELECT id FROM contacts WHERE :rarest = 'inactive' AND tenant_id = :tenant AND segment_manual = ''
            AND segment IN ('', 'new', 'regular', 'vip', 'inactive') AND last_contact_at < :inactive_before"""
_FEW: Final = {
    "word": f"id IN (SELECT contact_id FROM contact_words WHERE tenant_id = :tenant AND {begins(':rarest')})",
    "tag": "id IN (SELECT contact_id FROM contact_tags WHERE tenant_id = :tenant AND tag = :rarest)",
    "blocked": "id IN (SELECT id FROM contacts INDEXED BY contacts_blocked WHERE tenant_id = :tenant AND is_blocked)",
    "segment": f"id IN ({_IN_SEGMENT})",
}
"""Ways to few: all that lies there is sorted and counted."""
_FILTERS: Final = """
    AND (:segment IS NULL OR :segment = CASE WHEN segment_manual <> '' THEN segment_manual
        WHEN last_contact_at < :inactive_before THEN 'inactive' WHEN segment = '' THEN 'new' ELSE segment END)
    AND (:blocked IS NULL OR is_blocked = :blocked)""" + "".join(
    f"""
    AND (:tag{number} IS NULL OR EXISTS (SELECT 1 FROM contact_tags WHERE contact_tags.tenant_id = :tenant
        AND tag = :tag{number} AND contact_id = contacts.id))
    AND (:word{number} IS NULL OR EXISTS (SELECT 1 FROM contact_words WHERE contact_id = contacts.id
        AND {begins(f":word{number}")}))"""
    for number in range(1, MOST + 1)
)
"""What no index answers is asked of each row on the way; NULL asks for nothing."""


def contact_statement(way: str, order: str, *, descending: bool) -> str:
    """The name of the statement that goes this way ("all": along the order's own index)."""
    return f"contacts_{way}_by_{order}_{'down' if descending else 'up'}"


def contact_statements() -> Iterator[tuple[str, str]]:
    """Names and SQL."""
    for order, column in ORDERS.items():
        for descending in (True, False):
            direction = "DESC" if descending else "ASC"
            yield (
                contact_statement("all", order, descending=descending),
                f"SELECT * FROM contacts WHERE tenant_id = :tenant{_FILTERS}\n"
                f"ORDER BY {column} {direction}, id {direction} LIMIT :limit OFFSET :offset",
            )
            for way, condition in _FEW.items():
                # `+` keeps the planner from an index that holds everybody.
                yield (
                    contact_statement(way, order, descending=descending),
                    f"SELECT contacts.*, COUNT(*) OVER () AS found FROM contacts\n"
                    f"WHERE +tenant_id = :tenant AND {condition}{_FILTERS}\n"
                    f"ORDER BY +{column} {direction}, id {direction} LIMIT :limit OFFSET :offset",
                )
    yield (
        "contacts_in_segment",
        f"SELECT COUNT(*) AS number FROM (SELECT 1 FROM ({_IN_SEGMENT}) AS one LIMIT :most) AS some",
    )
    yield (
        "contacts_after",
        f"SELECT * FROM contacts WHERE +tenant_id = :tenant AND id > :after{_FILTERS}\nORDER BY id LIMIT :limit",
    )
