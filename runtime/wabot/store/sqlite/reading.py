"""Reading a tenant's store beside the process that writes it: nothing is made, changed or locked."""

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from wabot.model.errors import StoreError
from wabot.model.message import EVENT_TYPES
from wabot.model.stored import (
    JobRun,
    MessageKey,
    StoredAnswer,
    StoredConversation,
    StoredFollowUp,
    StoredMessage,
    StoredOperator,
    StoredReply,
    Why,
)
from wabot.store.sqlite.following import listed
from wabot.store.sqlite.opening import NAME, open_for_reading, plainly
from wabot.store.sqlite.payload import logged_text
from wabot.store.sqlite.queries import Ask, asker
from wabot.store.sqlite.rich import contact, journalled_richness, richness, with_quotes
from wabot.store.sqlite.staff import disabled_operators, stored_operators
from wabot.store.sqlite.undelivered import undelivered
from wabot.store.sqlite.upkeep import job_runs


@contextmanager
def reading(folder: Path, tenant: str) -> Iterator["Reader"]:
    """The store of `tenant` in `folder` (`data/<tenant>`), to be asked within the block.

    Raises:
        StoreError: there is none, or it cannot be read.
    """
    with asking(folder, tenant) as ask:
        yield Reader(ask)


@contextmanager
def asking(folder: Path, tenant: str) -> Iterator[Ask]:
    """As `reading`, for the statements themselves."""
    connection = open_for_reading(folder)
    try:
        # One transaction: what several statements tell is of one moment.
        connection.execute("BEGIN")
        yield asker(connection, tenant)
    except sqlite3.Error as error:
        raise StoreError(plainly(folder / NAME, error)) from error
    finally:
        connection.close()


class Reader:
    """What people ask of a tenant's store."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def last_message_at(self) -> int | None:
        """When anybody wrote last, in any chat."""
        row = self._ask("last_message_at").fetchone()
        return None if row is None else row["last_message_at"]

    def keys(self, word: str) -> list[MessageKey]:
        """The messages that go by `word`: WhatsApp's id of them, our own, or that of a reply to them."""
        return [MessageKey(row["chat"], row["message_id"]) for row in self._ask("why_keys", id=word)]

    def newest(self, chat: str = "") -> MessageKey | None:
        """The last message of a customer (in `chat`)."""
        rows = self._ask("why_newest", chat=chat).fetchall()
        payloads = [json.loads(row["payload"]) for row in rows]
        for row, payload in zip(rows, payloads, strict=True):
            if _from_a_customer(payload):
                return MessageKey(row["chat"], row["message_id"])
        return None

    def why(self, key: MessageKey) -> Why | None:
        """The message and what was decided about it; None when it is not there."""
        row = self._ask("why_message", chat=key.chat, id=key.id).fetchone()
        entry = self._ask("why_journal", chat=key.chat, id=key.id).fetchone()
        if row is None and entry is None:
            return None
        message = _message(row) if row is not None else _journalled(entry)
        if row is None and entry["decided_at"] is None:
            return Why(message, "", None)
        if row is not None:
            logs = self._ask("why_logs", message=row["id"]).fetchall()
        else:
            at, said = entry["decided_at"], logged_text(message.type, message.text)
            logs = self._ask("why_logs_without_a_chat", at=at, said=said).fetchall()[:1]
        if not logs:
            return Why(message, "imported", message.at) if message.imported else Why(message, "", None)
        at = logs[0]["triggered_at"]
        answers = _answers(logs, [stored_reply(sent) for sent in self._ask("why_replies", chat=key.chat, at=at)])
        told = json.loads(logs[0]["trace"])
        if isinstance(told, str):  # so were failures kept before messages were set aside
            return Why(message, logs[0]["reason"], at, answers, failure=told)
        trace = tuple((outcome["rule"], outcome["outcome"]) for outcome in told)
        failure = "" if entry is None else dict(entry).get("error", "")  # an older file has no such column
        return Why(message, logs[0]["reason"], at, answers, trace, failure)

    def chats(self) -> dict[str, str]:
        """Each chat by the names people call it: itself, and its customer's number where another chat has not that
        name."""
        rows = self._ask("chats").fetchall()
        return {row["phone"]: row["chat"] for row in rows if row["phone"]} | {row["chat"]: row["chat"] for row in rows}

    def conversations(
        self, *, chat: str = "", status: str = "", search: str = "", most: int = 50
    ) -> list[StoredConversation]:
        """Chats, the one with the newest message first: one `chat`, those of a status, those whose customer's name or
        number, or whose messages, hold the words of `search`."""
        escaped = re.sub(r"([!%_])", r"!\1", search.lower())
        wanted = f"%{escaped}%" if search else ""
        rows = self._ask("conversations_listed", chat=chat, status=status, search=wanted, most=most)
        return [_conversation(row) for row in rows]

    def operators(self) -> list[StoredOperator]:
        """The people who answer, by e-mail."""
        return stored_operators(self._ask)

    def disabled_operators(self) -> list[StoredOperator]:
        """Those who answer no longer, by e-mail."""
        return disabled_operators(self._ask)

    def quick_replies_used(self) -> dict[str, tuple[int, int]]:
        """How often each shortcut was used, and when last (UTC milliseconds)."""
        return {row["shortcut"]: (row["used_count"], row["last_used_at"]) for row in self._ask("quick_replies_used")}

    def outbox(self, since: int) -> list[StoredReply]:
        """Replies that wait, that are being sent, of which nobody knows, and those due after `since` that failed."""
        return [stored_reply(row) for row in self._ask("outbox_listed", since=since)]

    def undelivered(self, now: int) -> list[StoredReply]:
        """Replies that went out and reached no phone, though the customer has written since."""
        return [stored_reply(row) for row in undelivered(self._ask, now)]

    def reply(self, outbound: str) -> StoredReply | None:
        """A row of the outbox."""
        row = self._ask("outbox_row", id=outbound).fetchone()
        return None if row is None else stored_reply(row)

    def follow_ups(self, since: int) -> list[StoredFollowUp]:
        """What goes out at a time, and what was closed since."""
        return listed(self._ask, since)

    def job_runs(self) -> Mapping[str, JobRun]:
        """The last run of each job that the tenant's session knows."""
        return job_runs(self._ask)

    def messages(self, chat: str, most: int) -> list[StoredMessage]:
        """The last messages of a chat, oldest first."""
        return with_quotes(self._ask, [_message(row) for row in self._ask("chat_messages", chat=chat, most=most)][::-1])


def stored_reply(row: Any) -> StoredReply:
    """A row of the outbox."""
    return StoredReply(
        id=row["id"],
        chat=row["chat"],
        rule=row["rule_id"],
        text=row["text"],
        media=row["media"],
        status=row["status"],
        error=row["error"],
        due=row["due_at"],
        created=row["created_at"],
        sent=row["sent_at"],
        kind=row["kind"],
        operator=row["operator"],
    )


def _conversation(row: Any) -> StoredConversation:
    return StoredConversation(
        chat=row["chat"],
        name=row["name"],
        phone=row["phone"],
        status=row["status"],
        priority=row["priority"],
        assigned_to=row["assigned_to"],
        tags=json.loads(row["tags"]),
        unread=row["unread_count"],
        messages=row["total_messages"],
        last_at=row["last_message_at"],
        last_from=row["last_message_from"],
        last_text=row["last_message_content"],
        paused_until=row["paused_until"],
        contact=contact(row),
        operator=row["operator"],
        waiting_since=row["waiting_since"],
        resolved_at=row["resolved_at"],
        reopened=row["reopened"],
        taken_by=row["taken_by"],
        had_by=row["former"],
        handed_on=row["handed_on"],
        unanswered_since=row["unanswered_since"],
    )


def _from_a_customer(payload: dict[str, Any]) -> bool:
    return not payload["from_me"] and payload["chat_kind"] == "direct" and payload["type"] not in EVENT_TYPES


def _message(row: Any) -> StoredMessage:
    return StoredMessage(
        id=row["id"],
        wa_id=row["wa_message_id"] or "",
        chat=row["chat"],
        sender=row["sender_type"],
        name=row["sender_name"],
        type=row["message_type"],
        text=row["content"],
        status=row["status"],
        at=row["sent_at"] or row["created_at"],
        error=row["error_message"],
        **richness(row),
    )


def _journalled(entry: Any) -> StoredMessage:
    said = json.loads(entry["payload"])
    return StoredMessage(
        id="",
        wa_id=said["id"],
        chat=said["chat"],
        sender="cs" if said["from_me"] else "customer",
        name=said["name"],
        type=said["type"],
        text=said["text"],
        status="received",
        at=said["sent_at"] or entry["arrived_at"],
        **journalled_richness(entry["payload"]),
    )


def _answers(logs: list[Any], replies: list[StoredReply]) -> tuple[StoredAnswer, ...]:
    """Each rule that answered with its reply: the outbox does not name the message, but the same transaction made both,
    at the same moment, with the same text."""
    answers = []
    for log in logs:
        if log["rule_id"] is None:
            continue
        wanted = (log["rule_id"], log["response_sent"])
        sent = next((reply for reply in replies if (reply.rule, reply.text) == wanted), None)
        if sent is not None:
            replies.remove(sent)
        answers.append(
            StoredAnswer(log["rule_id"], log["matched_keyword"], log["response_sent"], log["error_message"], sent)
        )
    return tuple(answers)
