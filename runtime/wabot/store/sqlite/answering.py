"""What a person does in a chat, beside the session that runs: writing, settling it, giving it to somebody."""

from pathlib import Path
from typing import Any

from wabot.model.ids import uuid7
from wabot.model.people import Choose
from wabot.model.stored import PersonSays
from wabot.model.turn import NewFollowUp
from wabot.store.sqlite.assigning import distribute
from wabot.store.sqlite.operating import BY_NOBODY, silence, writing
from wabot.store.sqlite.queries import Ask
from wabot.store.sqlite.surveying import ask_opinion


def say(folder: Path, tenant: str, said: PersonSays, at: int) -> str:
    """Queue a person's message: the bot falls silent in the chat, and what it was about to say there is not said.
    Returns the message's id; "" when there is no such chat, or its customer has not written first.

    Raises:
        StoreError: the store cannot be written; so do the others.
    """
    with writing(folder, tenant) as ask:
        row = _conversation(ask, said.chat)
        if row is None or not row["customer_messages"]:
            return ""
        return person_says(ask, row, said, at)


def person_says(ask: Ask, row: Any, said: PersonSays, at: int) -> str:
    """As `say`, part of the caller's transaction. `row` is the conversation, whose customer has written first."""
    outbound = uuid7(at)
    silence(ask, row["id"])
    ask(
        "person_says",
        id=outbound,
        conversation=row["id"],
        chat=said.chat,
        text=said.text,
        quoted=said.quoted,
        email=said.operator,
        at=at,
    )
    ask(
        "message_of_person",
        id=outbound,
        conversation=row["id"],
        sender=said.operator or BY_NOBODY,
        name=said.name,
        content=said.text,
        quoted=said.quoted,
        at=at,
    )
    _credit(ask, row, said.operator, at)
    until = at + said.pause
    ask("conversation_answered_by_person", id=row["id"], email=said.operator, paused_until=until, at=at)
    if said.shortcut:
        ask("quick_reply_used", shortcut=said.shortcut, at=at)
    return outbound


def resolve(folder: Path, tenant: str, chat: str, choose: Choose, at: int, survey: NewFollowUp | None = None) -> bool:
    """The chat is settled: the bot answers there again, and its operator is free for the next one. `survey` is what the
    customer is asked. False when it is neither active nor pending."""
    with writing(folder, tenant) as ask:
        row = _conversation(ask, chat)
        return row is not None and settle(ask, row["id"], choose, at, survey)


def settle(ask: Ask, conversation: str, choose: Choose, at: int, survey: NewFollowUp | None = None) -> bool:
    """As `resolve`, part of the caller's transaction."""
    before = ask("conversation_by_id", id=conversation).fetchone()
    settled = ask("conversation_resolve", id=conversation, at=at).fetchone()
    if settled is None:
        return False
    if settled["operator_id"] is not None:
        ask("operator_handled", id=settled["operator_id"])
    if survey is not None:
        ask_opinion(ask, before, survey, at)
    distribute(ask, choose, at)
    return True


def assign(folder: Path, tenant: str, chat: str, wanted: str, choose: Choose, at: int) -> bool:
    """Give the chat to whom a person says: `operator:E-MAIL`, however much they have to do; `team:X`, whoever is free
    there; "" nobody. False when there is no such chat, or it is spam."""
    with writing(folder, tenant) as ask:
        row = _conversation(ask, chat)
        return row is not None and give(ask, row["id"], wanted, choose, at)


def give(ask: Ask, conversation: str, wanted: str, choose: Choose, at: int) -> bool:
    """As `assign`, part of the caller's transaction."""
    kind, _, name = wanted.partition(":")
    email = name if kind == "operator" else ""
    done = ask("conversation_assign", id=conversation, wanted=wanted, email=email, at=at).rowcount == 1
    if done and email:
        ask("operator_got", email=email, at=at)
    distribute(ask, choose, at)
    return done


def look_at(folder: Path, tenant: str, chat: str) -> None:
    """A person has read the chat: nothing in it is unread."""
    with writing(folder, tenant) as ask:
        ask("conversation_read", chat=chat)


def _conversation(ask: Ask, chat: str) -> Any:
    return ask("conversation_of_chat", chat=chat).fetchone()


def _credit(ask: Ask, row: Any, email: str, at: int) -> None:
    """The message counts for who wrote it, and so does how long the customer waited for it."""
    if not email:
        return
    began = max(row["assigned_at"] or 0, row["waiting_since"] or 0)
    first = row["answered_at"] is None and began > 0
    ask("operator_said", email=email, first=int(first), millis=at - began if first else 0, at=at)
