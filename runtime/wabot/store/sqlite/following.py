"""Follow-ups of rules and reminders of people, from their promise to the outbox."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

from wabot.model.context import WHOLE_CONTACT, Context, Usage
from wabot.model.message import Message
from wabot.model.stored import StoredFollowUp
from wabot.model.turn import REMINDER, WRITING, HandedOver, NewFollowUp, Outbound, Turn
from wabot.store.sqlite.knowing import known
from wabot.store.sqlite.operating import BY_NOBODY, CANCELLED, writing
from wabot.store.sqlite.queries import Ask

WAITS: Final = "reminder_pending"
"""Why a rule's follow-up is not kept: a person has one pending in that chat."""
REPLACED: Final = "replaced"
_EVER: Final = 2**62
"""Later than any moment, also than one that a clock showed before it was set back."""


class FollowUps:
    """`wabot.ports.FollowUps` in SQLite. `run` is the store's writer, `sequence` numbers rows of the outbox."""

    def __init__(
        self, run: Callable[[Callable[[], Any]], Awaitable[Any]], ask: Ask, sequence: Callable[[], int]
    ) -> None:
        self._run, self._ask, self._sequence = run, ask, sequence

    async def due(self, now: int) -> list[StoredFollowUp]:
        return list(await self._run(lambda: [stored_follow_up(row) for row in self._ask("follow_ups_due", now=now)]))

    async def next_due(self) -> int | None:
        due: int | None = await self._run(lambda: self._ask("follow_up_next").fetchone()["due"])
        return due

    async def hand_over(
        self, item: StoredFollowUp, now: int, refuse: Callable[[Context], str | None], used: Callable[[Context], Usage]
    ) -> HandedOver:
        def work() -> HandedOver:
            context = known(self._ask, Message("", item.chat, ""), now)  # first: it may merge two conversations
            row = self._ask("follow_up_row", id=item.id).fetchone()
            if row is None or row["status"] != "pending":
                return HandedOver(None, None)
            if self._ask("chat_undecided", conversation=row["conversation_id"]).fetchone()["waits"]:
                return HandedOver(None, WRITING)
            reason = refuse(context)
            if reason is None:
                return HandedOver(self._queue(row, context, now, used(context)), None)
            return HandedOver(None, reason)

        handed: HandedOver = await self._run(work)
        return handed

    def _queue(self, row: Any, context: Context, now: int, used: Usage) -> Outbound:
        """Out of the table and into the outbox: one transaction, so that it happens once."""
        rule, conversation = row["rule_id"] or REMINDER, row["conversation_id"]
        made = Outbound(row["id"], row["chat"], row["text"], rule, now, now)
        self._ask("follow_up_close", id=made.id, status="handed_over", reason="", at=now)
        self._ask(
            "outbox_add",
            id=made.id,
            conversation=conversation,
            chat=made.chat,
            text=made.text,
            media="",
            rule=rule,
            due=now,
            at=now,
            sequence=self._sequence(),
        )
        self._ask(
            "message_add",
            id=made.id,
            conversation=conversation,
            wa_message=None,
            sender="auto_reply" if row["rule_id"] else "cs",
            name=row["sender_name"],
            type="text",
            content=made.text,
            status="queued",
            sent_at=None,
            at=now,
        )
        if not row["rule_id"]:
            self._ask("message_written_by", id=made.id, who=row["operator"] or BY_NOBODY)
        contact = self._ask("contact_of_conversation", id=conversation).fetchone()["contact_id"]
        self._ask("usage_set", contact=contact, rule=WHOLE_CONTACT, at=used.last, day=used.day, count=used.count)
        return made

    async def drop(self, item: StoredFollowUp, reason: str, now: int) -> None:
        await self._run(
            lambda: self._ask("follow_up_close", id=item.id, status="cancelled", reason=reason, at=now).rowcount
        )


def follow_up(ask: Ask, turn: Turn, conversation: str) -> None:
    """What a turn means for the chat's follow-ups; part of its transaction. A person's reminder stays."""
    reason = "handled_by_person" if turn.message.from_me else "replied"
    # Pieces of one question do not end what the first of them was promised; a newer promise does.
    since = turn.burst.since if turn.burst is not None and turn.follow_up is None else _EVER
    ask("follow_ups_of_rules_cancel", conversation=conversation, reason=reason, at=turn.at, since=since)
    for row in ask("follow_ups_withdraw", conversation=conversation, reason=reason).fetchall():
        none = dict.fromkeys(("sent_at", "delivered_at", "read_at"))
        ask("message_status", id=row["id"], status="failed", error=reason, **none)
    if turn.follow_up is not None:
        reason = "" if pending_follow_up(ask, conversation) is None else WAITS
        add_follow_up(ask, turn.follow_up, conversation, turn.at, reason)


def remind(
    folder: Path, tenant: str, reminder: NewFollowUp, at: int, refuse: Callable[[Context], str | None], *, replace: bool
) -> StoredFollowUp | str | None:
    """Keep a person's reminder. One that is pending in its chat is replaced when it is a rule's or when `replace` says
    so; otherwise nothing is kept, and that one is returned; or why `refuse` says that none is.

    Raises:
        StoreError: it cannot be kept.
    """
    with writing(folder, tenant) as ask:
        return keep_reminder(ask, reminder, at, refuse, replace=replace)


def keep_reminder(
    ask: Ask,
    reminder: NewFollowUp,
    at: int,
    refuse: Callable[[Context], str | None],
    *,
    replace: bool,
    operator: str = "",
    name: str = "",
) -> StoredFollowUp | str | None:
    """As `remind`, part of the caller's transaction. `operator` is the e-mail of who made it, `name` what
    the chat shows."""
    reason = refuse(known(ask, Message("", reminder.chat, ""), at))
    if reason is not None:
        return reason
    conversation = ask("conversation_of_chat", chat=reminder.chat).fetchone()["id"]
    before = pending_follow_up(ask, conversation)
    if before is not None:
        if not before.rule and not replace:
            return before
        ask("follow_up_close", id=before.id, status="cancelled", reason=REPLACED, at=at)
    add_follow_up(ask, reminder, conversation, at, "", operator, name)
    return None


def cancel_follow_up(folder: Path, tenant: str, item: str, at: int) -> bool:
    """pending → cancelled; False when it is not pending (any more).

    Raises:
        StoreError: it cannot be written.
    """
    with writing(folder, tenant) as ask:
        return take_back(ask, item, at)


def take_back(ask: Ask, item: str, at: int) -> bool:
    """As `cancel_follow_up`, part of the caller's transaction."""
    return ask("follow_up_close", id=item, status="cancelled", reason=CANCELLED, at=at).rowcount == 1


def add_follow_up(
    ask: Ask, item: NewFollowUp, conversation: str, at: int, reason: str, operator: str = "", name: str = ""
) -> None:
    """Keep a follow-up; with a `reason` it is cancelled from the start."""
    ask(
        "follow_up_add",
        id=item.id,
        conversation=conversation,
        chat=item.chat,
        rule=item.rule,
        text=item.text,
        due=item.due,
        at=at,
        status="cancelled" if reason else "pending",
        reason=reason,
        closed=at if reason else None,
        operator=operator,
        name=name,
    )


def pending_follow_up(ask: Ask, conversation: str) -> StoredFollowUp | None:
    """The one that the conversation has pending."""
    row = ask("follow_up_of_conversation", conversation=conversation).fetchone()
    return None if row is None else stored_follow_up(row)


def listed(ask: Ask, since: int) -> list[StoredFollowUp]:
    """What is pending, and what was closed since; for one that was handed over, what became of it in the outbox."""
    rows = ask("follow_ups_listed", since=since).fetchall()
    return [stored_follow_up(row, row["sending"] or "", row["error"] or "") for row in rows]


def stored_follow_up(row: Any, sending: str = "", error: str = "") -> StoredFollowUp:
    """A row of the table."""
    return StoredFollowUp(
        id=row["id"],
        chat=row["chat"],
        rule=row["rule_id"],
        text=row["text"],
        due=row["due_at"],
        created=row["created_at"],
        status=sending or row["status"],
        why=error or row["reason"],
        closed=row["closed_at"],
    )
