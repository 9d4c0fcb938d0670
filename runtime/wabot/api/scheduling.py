"""Messages that a person has sent later: reminders, by another door. One is pending a chat."""

from typing import Any, NamedTuple

from wabot.api.answers import iso
from wabot.api.guard import Who
from wabot.api.house import House
from wabot.api.people import author
from wabot.api.problems import Problem
from wabot.api.running import session_shape
from wabot.model.ids import uuid7
from wabot.model.stored import StoredFollowUp
from wabot.model.turn import NewFollowUp
from wabot.session.reminding import LATE, LONGEST, NEVER, Judge
from wabot.store.sqlite.following import keep_reminder
from wabot.store.sqlite.queries import Ask
from wabot.store.sqlite.sending import Keyed, may_write, once


class Later(NamedTuple):
    """A text for a conversation, at a time (UTC milliseconds)."""

    conversation: str
    text: str
    due: int


async def later(house: House, who: Who, said: Later, keyed: Keyed) -> dict[str, Any]:
    """Keep a message until its time.

    Raises:
        Problem, Refused: it is not kept.
    """
    now, rules = house.clock.now(), await house.sound_rules(who.tenant, "who may be written to")
    if said.due <= now or said.due - now > LONGEST:
        raise Problem(400, "sendAt: that is past, or more than a year away.", "INVALID")
    judge = Judge(rules, said.due)

    def write(ask: Ask) -> dict[str, Any]:
        def make() -> str:
            row = may_write(ask, said.conversation)
            new = NewFollowUp(uuid7(now), row["chat"], said.text, "", said.due)
            email, name = author(ask, who)
            before = keep_reminder(ask, new, now, judge, replace=False, operator=email, name=name)
            if isinstance(before, str):
                raise Problem(409, f"Nothing is scheduled: {NEVER[before]}.", before.upper())
            if isinstance(before, StoredFollowUp):
                raise Problem(
                    409,
                    f"A message is to be sent there at {iso(before.due)}; take that back first.",
                    "ALREADY_SCHEDULED",
                    scheduledMessageId=before.id,
                )
            return new.id

        id, fresh = once(ask, keyed, now, make)
        told: dict[str, Any] = {"success": True, "message": scheduled(ask, id)}
        told |= {"session": session_shape(house, who.tenant, ask)}
        return told | ({} if fresh else {"repeated": True}) | ({"warning": LATE} if judge.late else {})

    return await house.desk(who.tenant).write(write)


def scheduled(ask: Ask, id: str) -> dict[str, Any] | None:
    """A message that waits for its time, as clients read it; None when it does not (any more)."""
    row = ask("follow_up_row", id=id).fetchone()
    return None if row is None or row["status"] != "pending" or row["rule_id"] else scheduled_shape(row)


def scheduled_shape(row: Any) -> dict[str, Any]:
    return {
        "id": row["id"],
        "conversationId": row["conversation_id"],
        "waMessageId": None,
        "senderType": "cs",
        "messageType": "text",
        "content": row["text"],
        "status": "pending",
        "sentAt": None,
        "scheduledFor": iso(row["due_at"]),
        "scheduledBy": row["operator"] or None,
    }
