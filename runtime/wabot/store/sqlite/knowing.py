"""What is known about a message's chat and customer when it is decided."""

import json
from typing import Final

from wabot.model.context import ALONE, CLOSED, Burst, Contact, Context, Conversation, OpenMenu, Usage
from wabot.model.csat import ANSWER_WITHIN
from wabot.model.message import Message
from wabot.store.sqlite.assigning import operators
from wabot.store.sqlite.doubles import doubles
from wabot.store.sqlite.identity import find_contact, find_conversation
from wabot.store.sqlite.ordering import orders_of
from wabot.store.sqlite.queries import Ask

LOOP_SPAN: Final = 120_000
"""Milliseconds over which automatic replies to one chat are counted."""
MOST_REPLIES: Final = 8
MOST_REPEATS: Final = 3
"""More replies than that, or so many times the same reply to the same text, are no conversation with a person."""


def known(ask: Ask, message: Message, now: int) -> Context:
    """The context of a decision about `message`: its chat and its customer before it."""
    tenant = ask("tenant_now", now=now).fetchone()
    paused, people = bool(tenant["paused"]), operators(ask) if tenant["staffed"] else ()
    contact = find_contact(ask, message)
    if contact is None:
        stranger = Contact(message.phone, message.name, orders=orders_of(ask, message.phone))
        return Context(now, stranger, paused=paused, operators=people)
    row = find_conversation(ask, message.chat, contact["id"])
    usage = {
        used["rule_id"]: Usage(used["last_at"], used["day"], used["count"])
        for used in ask("usage_of_contact", contact=contact["id"])
    }
    customer = Contact(
        phone=contact["phone"] or message.phone,
        name=contact["name"] if contact["name_set"] else message.name or contact["name"],
        tags=frozenset(json.loads(contact["tags"])),
        orders=contact["total_orders"] if contact["phone"] else orders_of(ask, message.phone),
        segment=contact["segment_manual"],
        blocked=bool(contact["is_blocked"]),
    )
    if row is None:
        return Context(now, customer, usage=usage, paused=paused, operators=people)
    silent_until = row["paused_until"]
    doubled, imported = doubles(ask, row["id"], message)
    earlier = row["customer_messages"] - imported
    conversation = Conversation(
        status=row["status"],
        priority=row["priority"],
        tags=frozenset(json.loads(row["tags"])),
        earlier_messages=earlier,
        last_contact=row["last_customer_at"] if earlier else None,
        paused_until=silent_until if silent_until is not None and silent_until > now else None,
        menu=_menu(row["menu"]),
        assigned_to=row["assigned_to"],
        operator=_email(ask, row["operator_id"]) if people else "",
        told_to_wait=bool(row["told_to_wait"]),
        burst=_burst(row["burst"]),
        muted=row["muted_until"] is not None and row["muted_until"] > now,
        survey=ask("survey_open", conversation=row["id"], since=now - ANSWER_WITHIN).fetchone() is not None,
    )
    loop = conversation.muted or _loops(ask, row["id"], message.text, now)
    return Context(now, customer, conversation, usage, doubled, loop_suspected=loop, paused=paused, operators=people)


def _loops(ask: Ask, conversation: str, text: str, now: int) -> bool:
    """Whether this chat looks like two machines that answer each other."""
    since = now - LOOP_SPAN
    row = ask("conversation_loops", id=conversation, text=text, since=since, now=now).fetchone()
    return bool(row["replies"] > MOST_REPLIES or row["repeats"] >= MOST_REPEATS)


def _email(ask: Ask, operator: str | None) -> str:
    return "" if operator is None else str(ask("operator_email", id=operator).fetchone()["email"])


def _menu(stored: str) -> OpenMenu:
    if not stored:
        return CLOSED
    data = json.loads(stored)
    return OpenMenu(data["rule"], data["until"], data["misses"], tuple(data["trail"]))


def _burst(stored: str) -> Burst:
    if not stored:
        return ALONE
    data = json.loads(stored)
    return Burst(data["since"], data["until"], tuple(data["rules"]))
