"""Messages from before: stored and counted as if wabot had been there, and never answered.

Importing twice changes nothing the second time. A message that came live is left as it is; one that comes live after it
was imported takes the imported one's place.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any

from wabot.model.history import MOST, History
from wabot.model.ids import uuid7
from wabot.model.message import EVENT_TYPES, Message
from wabot.store.sqlite.counting import CONVERSATION_GAP
from wabot.store.sqlite.events import enrich, note_event
from wabot.store.sqlite.identity import find_contact, find_conversation
from wabot.store.sqlite.queries import Ask


class Imports:
    """Imports into one tenant's store; `run` runs work in a transaction."""

    def __init__(self, run: Callable[[Callable[[], Any]], Awaitable[Any]], ask: Ask) -> None:
        self._run, self._ask = run, ask

    async def add(self, part: History, at: int) -> int:
        """Store what of `part` is new, at most `MOST` messages in a transaction; how many those were. `at` is now."""
        added = 0
        messages = list(part.messages)
        for start in range(0, len(messages), MOST):
            some = messages[start : start + MOST]
            added += int(await self._run(partial(_import, self._ask, some, at)))
        if part.names:
            await self._run(lambda: _name(self._ask, part.names))
        return added

    async def expect(self, until: int | None) -> None:
        """A history is expected until then (UTC milliseconds); None when it is in."""
        await self._run(lambda: self._ask("history_expect", until=until))

    async def expected(self) -> int | None:
        """Until when a history is expected; None when none is."""
        row = await self._run(lambda: self._ask("history_expected").fetchone())
        return None if row is None or row["history_until"] is None else int(row["history_until"])


@dataclass
class _Chat:
    """What is new of one chat. Times are UTC milliseconds."""

    contact: str
    conversation: str
    customer: int = 0
    shop: int = 0
    first: int = 0
    last: Message | None = None
    last_customer: int | None = None


def _import(ask: Ask, messages: list[Message], at: int) -> int:
    added = 0
    ordered = sorted((one for one in messages if _belongs(one)), key=lambda one: (one.chat, one.sent_at))
    for _, said in groupby(ordered, key=lambda one: one.chat):
        added += _import_chat(ask, said, at)
    return added


def _belongs(message: Message) -> bool:
    """Of what was said about messages, only reactions and revocations are told; an edited message comes as it reads."""
    if message.chat_kind != "direct" or message.type in EVENT_TYPES - {"reaction", "revoke"}:
        return False
    return bool(message.phone or message.lid)


def _import_chat(ask: Ask, messages: Iterable[Message], at: int) -> int:
    chat: _Chat | None = None
    for message in messages:
        if message.type in EVENT_TYPES:
            note_event(ask, message, message.sent_at or at)
            continue
        chat = chat or _chat(ask, message, at)
        _add(ask, chat, message, at)
    if chat is None or chat.last is None:
        return 0
    _count(ask, chat)
    return chat.customer + chat.shop


def _chat(ask: Ask, message: Message, at: int) -> _Chat:
    """The chat as it is stored, made when it is not there."""
    said_at = message.sent_at or at
    contact = find_contact(ask, message)
    if contact is None:
        contact_id = uuid7(said_at)
        name = "" if message.from_me else message.name
        ask("contact_add", id=contact_id, phone=message.phone, lid=message.lid, name=name, at=said_at)
    else:
        contact_id = str(contact["id"])
    row = find_conversation(ask, message.chat, contact_id)
    if row is None:
        conversation = uuid7(said_at)
        ask("conversation_add", id=conversation, chat=message.chat, contact=contact_id, at=said_at)
    else:
        conversation = str(row["id"])
    ask("chat_add", chat=message.chat, conversation=conversation)
    return _Chat(contact_id, conversation)


def _add(ask: Ask, chat: _Chat, message: Message, at: int) -> None:
    if ask("imported_live", conversation=chat.conversation, id=message.id).fetchone() is not None:
        return
    said_at = message.sent_at or at
    message_id = uuid7(said_at)
    stored = ask(
        "import_message",
        id=message_id,
        conversation=chat.conversation,
        wa_message=message.id,
        sender="cs" if message.from_me else "customer",
        name="" if message.from_me else message.name,
        type=message.type,
        content=message.text,
        status="sent" if message.from_me else "received",
        at=said_at,
    )
    if stored.rowcount != 1:
        return
    enrich(ask, message_id, message)
    chat.first = min(chat.first or said_at, said_at)
    chat.last = message
    if message.from_me:
        chat.shop += 1
    else:
        chat.customer += 1
        chat.last_customer = said_at


def _count(ask: Ask, chat: _Chat) -> None:
    last = chat.last
    assert last is not None, "nothing new is not counted"
    ask(
        "imported_count",
        id=chat.conversation,
        customer=chat.customer,
        total=chat.customer + chat.shop,
        last_customer=chat.last_customer,
        last_at=last.sent_at or chat.first,
        last_from="cs" if last.from_me else "customer",
        content=last.text[:200],
    )
    ask(
        "imported_count_contact",
        id=chat.contact,
        received=chat.customer,
        sent=chat.shop,
        first=chat.first,
        last=chat.last_customer,
    )
    ask("imported_conversations", id=chat.contact, conversation=chat.conversation, gap=CONVERSATION_GAP)


def _name(ask: Ask, names: Mapping[str, str]) -> None:
    """Customers without a name get the one that the phone knows; what they told us themselves stays."""
    for who, name in names.items():
        ask("imported_name", who=who, name=name)
