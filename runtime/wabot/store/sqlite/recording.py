"""The one transaction of a turn: message, contact, conversation, log, counters, effects and outbox, or none of them."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from wabot.model.encoding import as_json
from wabot.model.ids import uuid7
from wabot.model.media import media_type
from wabot.model.message import EVENT_TYPES, Message
from wabot.model.turn import OWN_NUMBER, NewReply, Turn
from wabot.model.value import plain
from wabot.store.sqlite import assigning
from wabot.store.sqlite.alerting import raise_alert
from wabot.store.sqlite.counting import begins
from wabot.store.sqlite.doubles import displace_imported
from wabot.store.sqlite.events import enrich, note_event
from wabot.store.sqlite.following import follow_up
from wabot.store.sqlite.identity import find_contact
from wabot.store.sqlite.operating import silence
from wabot.store.sqlite.payload import logged_text
from wabot.store.sqlite.queries import Ask
from wabot.store.sqlite.surveying import rate


def record(ask: Ask, turn: Turn, sequence: Callable[[], int]) -> None:
    """Write a turn. A turn whose journal entry is closed already was written before: then nothing is done."""
    message = turn.message
    closed = ask("journal_close", chat=message.chat, message=message.id, at=turn.at, error=turn.error).rowcount
    if not closed and (turn.begun or ask("journal_entry", chat=message.chat, message=message.id).fetchone()):
        return
    for alert in turn.alerts:
        raise_alert(ask, alert, turn.at)
    if message.chat_kind != "direct" or message.type in EVENT_TYPES or turn.reason == OWN_NUMBER:
        if message.chat_kind == "direct" and turn.reason != OWN_NUMBER:
            note_event(ask, message, turn.at)
        _log(ask, turn, None, None)
        return
    row = find_contact(ask, message)
    contact = _new_contact(ask, message, turn.at) if row is None else str(row["id"])
    conversation = _conversation(ask, message, contact, turn.at)
    rated = turn.rating is not None
    if not message.from_me and not rated and conversation["status"] in ("resolved", "closed"):
        ask("conversation_reopen", id=conversation["id"], at=turn.at)
    message_id = _message(ask, turn, conversation["id"])
    _conversed(ask, turn, conversation)
    if not message.from_me:
        _heard(ask, turn, contact, row, not rated and begins(conversation, message.sent_at or turn.at))
        if turn.rating is not None:
            rate(ask, conversation["id"], turn.rating, message_id, turn.at)
    else:
        ask("contact_sent", conversation=conversation["id"])
    assigning.heard(ask, turn, conversation["id"], sequence)
    if turn.pause_until is not None:
        ask("conversation_by_phone", id=conversation["id"])
        silence(ask, conversation["id"])
    follow_up(ask, turn, conversation["id"])
    if turn.burst is not None:
        ask("outbox_hold", conversation=conversation["id"], since=turn.burst.since, due=turn.burst.until)
    for rule, used in (turn.usage or {}).items():
        ask("usage_set", contact=contact, rule=rule, at=used.last, day=used.day, count=used.count)
    for reply in turn.replies:
        ask(
            "outbox_add",
            id=reply.id,
            conversation=conversation["id"],
            chat=message.chat,
            text=reply.text,
            media=reply.media,
            rule=reply.rule,
            due=reply.due,
            at=turn.at,
            sequence=sequence(),
        )
        _say(ask, reply, conversation["id"], turn.at)
    for outcome in turn.outcomes:
        if not outcome.error:
            ask("stats_count", rule=outcome.rule, at=turn.at)
    _log(ask, turn, conversation["id"], message_id)


def _new_contact(ask: Ask, message: Message, at: int) -> str:
    contact = uuid7(at)
    name = "" if message.from_me else message.name
    ask("contact_add", id=contact, phone=message.phone, lid=message.lid, name=name, at=at)
    return contact


def _heard(ask: Ask, turn: Turn, contact: str, before: Any | None, began: bool) -> None:
    """Note a customer's message on their contact, as it was before (None: new). A number or LID that another contact
    bears already is left there: those two could not be merged. `began`: it begins another conversation."""
    message = turn.message
    phone = message.phone if before is not None and not before["phone"] else ""
    lid = message.lid if before is not None and not before["lid"] else ""
    if phone and ask("contact_by_phone", phone=phone).fetchone() is not None:
        phone = ""
    if lid and ask("contact_by_lid", lid=lid).fetchone() is not None:
        lid = ""
    known = before is not None and message.name in ("", before["push_name"]) and turn.segment in ("", before["segment"])
    if not known or phone or lid:  # asked for first: whoever is listed by name or number is not written anew each time
        ask("contact_became", id=contact, name=message.name, phone=phone, lid=lid, segment=turn.segment)
    ask("contact_heard", id=contact, at=turn.at, began=began)


def _conversation(ask: Ask, message: Message, contact: str, at: int) -> Any:
    row = ask("conversation_of_chat", chat=message.chat).fetchone()
    if row is not None:
        return row
    row = ask("conversation_of_contact", contact=contact).fetchone()
    if row is None:
        ask("conversation_add", id=uuid7(at), chat=message.chat, contact=contact, at=at)
        row = ask("conversation_of_contact", contact=contact).fetchone()
    ask("chat_add", chat=message.chat, conversation=row["id"])
    return row


def _message(ask: Ask, turn: Turn, conversation: str) -> str:
    message = turn.message
    message_id = uuid7(turn.at)
    add = partial(
        ask,
        "message_add",
        id=message_id,
        conversation=conversation,
        wa_message=message.id,
        sender="cs" if message.from_me else "customer",
        name=message.name,
        type=message.type,
        content=message.text,
        status="sent" if message.from_me else "received",
        sent_at=message.sent_at or turn.at,
        at=turn.at,
    )
    if add().rowcount != 1:
        if stored := displace_imported(ask, conversation, message):
            return stored
        add()
    enrich(ask, message_id, message)
    return message_id


def _conversed(ask: Ask, turn: Turn, conversation: Any) -> None:
    message = turn.message
    content = message.text[:200]
    said_at = message.sent_at or turn.at
    if message.from_me:
        ask(
            "conversation_taken",
            id=conversation["id"],
            said_at=said_at,
            content=content,
            paused_until=turn.pause_until,
            at=turn.at,
        )
        return
    tags = as_json(sorted({*json.loads(conversation["tags"]), *turn.tags})) if turn.tags else conversation["tags"]
    ask(
        "conversation_heard",
        id=conversation["id"],
        said_at=said_at,
        content=content,
        tags=tags,
        priority=turn.priority,
        menu=None if turn.menu is None else as_json(plain(turn.menu)),
        assigned=turn.assigned_to,
        pending=turn.pending,
        muted_until=turn.mute_until,
        burst=None if turn.burst is None else as_json(plain(turn.burst)),
        at=turn.at,
    )


def _say(ask: Ask, reply: NewReply, conversation: str, at: int) -> None:
    """The automatic reply as a message; it has the id of its outbox row."""
    ask(
        "message_add",
        id=reply.id,
        conversation=conversation,
        wa_message=None,
        sender="auto_reply",
        name="",
        type=media_type(reply.media) if reply.media else "text",
        content=reply.text,
        status="queued",
        sent_at=None,
        at=at,
    )


def _log(ask: Ask, turn: Turn, conversation: str | None, message_id: str | None) -> None:
    common: dict[str, Any] = {
        "conversation": conversation,
        "message": message_id,
        "reason": turn.reason,
        "said": logged_text(turn.message.type, turn.message.text),
        "micros": turn.micros,
        "trace": turn.trace,
        "in_hours": turn.in_hours,
        "at": turn.at,
    }
    if not turn.outcomes:
        ask("log_add", id=uuid7(turn.at), rule=None, reply=None, matched="", success=1, error="", **common)
    for outcome in turn.outcomes:
        ask(
            "log_add",
            id=uuid7(turn.at),
            rule=outcome.rule,
            reply=outcome.reply,
            matched=outcome.matched,
            success=int(not outcome.error),
            error=outcome.error,
            **common,
        )
