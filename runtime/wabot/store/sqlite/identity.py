"""Who a customer is: seen by LID, by phone number, or by both, they are one contact with one conversation."""

import json
from typing import Any, Final

from wabot.model.message import Message
from wabot.store.sqlite.doubles import drop_doubled
from wabot.store.sqlite.queries import Ask

_ALONG: Final = ("follow_ups_doubled", "follow_ups_move", "surveys_move", "notes_move", "statuses_move")
_PRIORITIES: Final = ("low", "normal", "high", "urgent")
_STATUSES: Final = ("closed", "resolved", "active", "pending", "spam")
"""From least to most: a merged conversation keeps what asks for most care."""


_PEOPLE: Final = (
    "operator_id", "assigned_at", "answered_at", "waiting_since", "resolved_at", "reopened", "taken_by",
    "told_to_wait", "unanswered_since", "had_by", "handed_on", "reopened_at",
)  # fmt: skip
"""Columns that say whose a conversation is."""


def find_contact(ask: Ask, message: Message) -> Any | None:
    """The contact's row, None for a customer never seen. Contacts that turn out to be one person are merged first:
    so a decision already knows all that was known of either."""
    row = ask("contact_of_chat", chat=message.chat).fetchone()
    if row is not None and _plainly(row, message):
        return row
    found: list[Any] = []
    for row in ask("contacts_of_names", chat=message.chat, lid=message.lid, phone=message.phone):
        if row["id"] not in [other["id"] for other in found]:
            found.append(row)
    if not found:
        return None
    one = found[0]
    for other in found[1:]:
        if _may_be_one(one, other):
            kept, gone = sorted((one, other), key=lambda row: (row["first_contact_at"], row["id"]))
            _merge(ask, kept, gone)
            one = ask("contact_by_id", id=kept["id"]).fetchone()
    return one


def find_conversation(ask: Ask, chat: str, contact: str | None) -> Any | None:
    """The conversation's row, by the name of the chat or by its contact."""
    row = ask("conversation_of_chat", chat=chat).fetchone()
    return row if row is not None or contact is None else ask("conversation_of_contact", contact=contact).fetchone()


def _plainly(row: Any, message: Message) -> bool:
    """Whether nobody else can go by this message's names: numbers and LIDs are unique."""
    names = (row["phone"], row["lid"])
    return message.chat in names and message.phone in ("", names[0]) and message.lid in ("", names[1])


def _may_be_one(one: Any, other: Any) -> bool:
    """Two numbers, or two LIDs, are two people (or one who changed their number): those stay apart."""
    return all(not one[key] or not other[key] or one[key] == other[key] for key in ("phone", "lid"))


def _merge(ask: Ask, kept: Any, gone: Any) -> None:
    for used in ask("usage_of_contact", contact=gone["id"]).fetchall():
        ask("usage_merge", contact=kept["id"], **{key: used[key] for key in ("rule_id", "last_at", "day", "count")})
    ask("usage_drop", contact=gone["id"])
    doubled = _doubled(ask, kept["id"], gone["id"])
    ours = ask("conversation_of_contact", contact=kept["id"]).fetchone()
    theirs = ask("conversation_of_contact", contact=gone["id"]).fetchone()
    if ours is not None and theirs is not None:
        _merge_conversations(ask, ours, theirs)
    ask("conversations_move", contact=kept["id"], gone=gone["id"])
    ask("contact_drop", id=gone["id"])  # first: phone and LID are unique
    late, early = sorted((kept, gone), key=lambda row: -row["last_contact_at"])
    ask(
        "contact_merge",
        id=kept["id"],
        phone=kept["phone"] or gone["phone"],
        lid=kept["lid"] or gone["lid"],
        name=late["name"] or early["name"],
        tags=_union(kept, gone),
        segment=late["segment"] or early["segment"],
        blocked=max(kept["is_blocked"], gone["is_blocked"]),
        manual=late["segment_manual"] or early["segment_manual"],
        conversations=kept["total_conversations"] + gone["total_conversations"],
        sent=kept["total_messages_sent"] + gone["total_messages_sent"] - doubled[1],
        received=kept["total_messages_received"] + gone["total_messages_received"] - doubled[0],
        first=min((row["first_contact_at"] for row in (kept, gone) if _spoke(row)), default=kept["first_contact_at"]),
        last=max((row["last_contact_at"] for row in (kept, gone) if _spoke(row)), default=late["last_contact_at"]),
    )
    _merge_cared_for(ask, kept["id"], late, early)


def _spoke(contact: Any) -> bool:
    """Whether anything was said, either way; otherwise the contact came with a list of customers."""
    return bool(contact["total_messages_received"] or contact["total_messages_sent"])


def _merge_cared_for(ask: Ask, kept: str, late: Any, early: Any) -> None:
    """What people wrote down about the customer: nothing of either is lost but what the later one says otherwise."""
    named = next((row for row in (late, early) if row["name_set"]), None)
    blocked = next((row for row in (late, early) if row["is_blocked"]), late)
    ask(
        "contact_merge_cared_for",
        id=kept,
        name=None if named is None else named["name"],
        name_set=int(named is not None),
        push_name=late["push_name"] or early["push_name"],
        notes="\n".join(dict.fromkeys(row["notes"] for row in (early, late) if row["notes"])),
        **{key: late[key] or early[key] for key in ("email", "address", "customer_id")},
        **{key: blocked[key] for key in ("blocked_reason", "blocked_at")},
        updated_at=_latest(late, early, "updated_at"),
    )


def _doubled(ask: Ask, kept: str, gone: str) -> tuple[int, int]:
    ours = ask("conversation_of_contact", contact=kept).fetchone()
    theirs = ask("conversation_of_contact", contact=gone).fetchone()
    return (0, 0) if ours is None or theirs is None else drop_doubled(ask, ours["id"], theirs["id"])


def _merge_conversations(ask: Ask, ours: Any, theirs: Any) -> None:
    for statement in ("messages_doubled", "messages_move", "outbox_move", "logs_move", "chats_move", *_ALONG):
        ask(statement, kept=ours["id"], gone=theirs["id"])
    late, early = sorted((ours, theirs), key=lambda row: -(row["last_message_at"] or 0))
    ask("conversation_drop", id=theirs["id"])
    ask(
        "conversation_merge",
        id=ours["id"],
        status=max(ours["status"], theirs["status"], key=_STATUSES.index),
        priority=max(ours["priority"], theirs["priority"], key=_PRIORITIES.index),
        tags=_union(ours, theirs),
        customer=ours["customer_messages"] + theirs["customer_messages"],
        total=ours["total_messages"] + theirs["total_messages"],
        unread=ours["unread_count"] + theirs["unread_count"],
        last_customer=_latest(ours, theirs, "last_customer_at"),
        last_at=late["last_message_at"],
        last_from=late["last_message_from"],
        last_content=late["last_message_content"],
        paused=_latest(ours, theirs, "paused_until"),
        updated=_latest(ours, theirs, "updated_at"),
        muted=_latest(ours, theirs, "muted_until"),
        menu=max(late["menu"], early["menu"], key=_until),
        burst=max(late["burst"], early["burst"], key=_until),
        assigned=late["assigned_to"] or early["assigned_to"],
    )
    notes = "\n".join(dict.fromkeys(row["internal_notes"] for row in (early, late) if row["internal_notes"]))
    ask("conversation_merge_notes", id=ours["id"], notes=notes, category=late["category"] or early["category"])
    ask("conversation_merge_people", id=ours["id"], **{key: theirs[key] for key in _PEOPLE})


def _until(stored: str) -> int:
    return int(json.loads(stored)["until"]) if stored else -1


def _latest(one: Any, other: Any, key: str) -> int | None:
    return max((row[key] for row in (one, other) if row[key] is not None), default=None)


def _union(one: Any, other: Any) -> str:
    return json.dumps(sorted({*json.loads(one["tags"]), *json.loads(other["tags"])}), ensure_ascii=False)
