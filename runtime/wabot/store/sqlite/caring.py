"""Contacts as people care for them: looked up, written down, blocked, and taken over from a list. Each function is part
of a transaction of its caller's."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

from wabot.model.ids import uuid7
from wabot.model.segments import Segment
from wabot.store.sqlite.operating import silence
from wabot.store.sqlite.queries import Ask

BLOCKED: Final = "contact_blocked"
FIELDS: Final = ("name", "email", "address", "notes", "customer_id", "segment")
"""What a person writes down of a contact, beside their tags."""


def change_contact(ask: Ask, contact: str, change: Mapping[str, str | None], at: int) -> bool:
    """Write down what is not None of `FIELDS`; False when there is no such contact."""
    values = {key: change.get(key) for key in FIELDS}
    return ask("contact_change", id=contact, tags=None, at=at, **values).rowcount == 1


def tag_contact(ask: Ask, contact: str, add: Collection[str], remove: Collection[str], at: int) -> list[str] | None:
    """The contact's tags afterwards; None when there is no such contact."""
    row = ask("contact_by_id", id=contact).fetchone()
    if row is None:
        return None
    before = tags_of(row)
    tags = sorted({*before, *add} - set(remove))
    if tags != before:
        _change_tags(ask, contact, tags, at)
    return tags


def tags_of(row: Any) -> list[str]:
    """The tags of a row of the table contacts."""
    return list(json.loads(row["tags"]))


def block_contact(ask: Ask, contact: str, reason: str, at: int) -> bool:
    """Nobody writes to the contact any more, neither the bot nor people, and what waits for them is not sent. False
    when there is no such contact."""
    if ask("contact_block", id=contact, reason=reason, at=at).rowcount != 1:
        return False
    for conversation in ask("conversations_of_contact", contact=contact).fetchall():
        silence(ask, conversation["id"], BLOCKED)
    return True


def unblock_contact(ask: Ask, contact: str, at: int) -> bool:
    return ask("contact_unblock", id=contact, at=at).rowcount == 1


class Listed(NamedTuple):
    """A customer of a list: their number (digits only), and what is said of them; "" says nothing."""

    phone: str
    name: str = ""
    email: str = ""
    address: str = ""
    notes: str = ""
    customer_id: str = ""
    segment: Segment | Literal[""] = ""
    tags: Sequence[str] = ()


Taken = Literal["created", "updated", "unchanged"]


def take_listed(ask: Ask, listed: Listed, at: int) -> Taken:
    """Take a customer over from a list. One who is known keeps what the list does not say, and all their tags. Nothing
    is sent, and there is no conversation: whoever never wrote cannot be written to."""
    created = ask("contact_listed", id=uuid7(at), phone=listed.phone, at=at).rowcount == 1
    row = ask("contact_with_phone", phone=listed.phone).fetchone()
    changed, tags = _said(row, listed)
    if changed:
        change_contact(ask, row["id"], changed, at)
    if tags != tags_of(row):
        _change_tags(ask, row["id"], tags, at)
    return "created" if created else "updated" if changed or tags != tags_of(row) else "unchanged"


def would_take(ask: Ask, rows: Sequence[Listed]) -> list[Taken]:
    """What `take_listed` would say of each; nothing is written. Of a customer who stands there twice, the second row
    counts as new, too."""
    return [_would_take(ask("contact_with_phone", phone=listed.phone).fetchone(), listed) for listed in rows]


def _would_take(row: Any, listed: Listed) -> Taken:
    if row is None:
        return "created"
    changed, tags = _said(row, listed)
    return "updated" if changed or tags != tags_of(row) else "unchanged"


def _said(row: Any, listed: Listed) -> tuple[dict[str, str], list[str]]:
    """What the list says otherwise than is written down, and the tags with those of the list."""
    said = {key: str(getattr(listed, key)) for key in FIELDS if getattr(listed, key)}
    return {key: value for key, value in said.items() if value != _known(row, key)}, sorted(
        {*tags_of(row), *listed.tags}
    )


def _known(row: Any, key: str) -> str | None:
    """What a person has written down already; a name that WhatsApp told is none of that."""
    if key == "name" and not row["name_set"]:
        return None
    return str(row["segment_manual" if key == "segment" else key])


def _change_tags(ask: Ask, contact: str, tags: Sequence[str], at: int) -> None:
    ask("contact_change", id=contact, tags=json.dumps(tags, ensure_ascii=False), at=at, **dict.fromkeys(FIELDS))
