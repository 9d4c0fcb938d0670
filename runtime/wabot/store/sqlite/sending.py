"""A person's message on its way into the outbox, at most once for a key of the client's."""

import hashlib
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from wabot.model.stored import PersonSays
from wabot.store.sqlite.answering import person_says
from wabot.store.sqlite.inbox import conversation
from wabot.store.sqlite.queries import Ask
from wabot.store.sqlite.uploads import Upload, attach

KEPT: Final = 86_400_000
"""Milliseconds for which a key stands for its message."""


class Keyed(NamedTuple):
    """A client's `key` for a send ("" for none), and a `digest` of what it sends."""

    key: str = ""
    digest: str = ""

    @classmethod
    def of(cls, key: str, *parts: object) -> "Keyed":
        """What is sent is kept by its hash alone: its words are the customer's chat, and nowhere else."""
        return cls(key, hashlib.blake2b(repr(parts).encode("utf-8", "replace"), digest_size=16).hexdigest())


class Refused(Exception):
    """Nothing is sent. `why` is no_conversation, not_written_first, blocked, spam, file_gone, quote_not_here (what is
    replied to does not stand in that chat), or another_message (the key stands for that)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def sent_before(ask: Ask, keyed: Keyed, at: int) -> str | None:
    """The id of the message that the key stands for.

    Raises:
        Refused: it stands for another one.
    """
    row = ask("send_key", key=keyed.key, since=at - KEPT).fetchone() if keyed.key else None
    if row is None:
        return None
    if row["digest"] != keyed.digest:
        raise Refused("another_message")
    return str(row["message_id"])


def once(ask: Ask, keyed: Keyed, at: int, make: Callable[[], str]) -> tuple[str, bool]:
    """What `make` makes (a message, by its id) for the key, or what was made for it before; and whether it was made
    now.

    Raises:
        Refused: the key stands for another message.
    """
    before = sent_before(ask, keyed, at)
    if before is not None:
        return before, False
    made = make()
    if keyed.key:
        ask("send_keys_forget", before=at - KEPT)
        ask("send_key_add", key=keyed.key, digest=keyed.digest, message=made, at=at)
    return made, True


def may_write(ask: Ask, id: str) -> Any:
    """The conversation's row.

    Raises:
        Refused: there is none, or nobody may write there.
    """
    row = conversation(ask, id)
    if row is None:
        raise Refused("no_conversation")
    if not row["customer_messages"]:
        raise Refused("not_written_first")
    if row["is_blocked"]:
        raise Refused("blocked")
    if row["status"] == "spam":
        raise Refused("spam")
    return row


def send(ask: Ask, id: str, said: PersonSays, keyed: Keyed, at: int, upload: Upload | None = None) -> tuple[str, bool]:
    """Queue a person's message in the conversation `id`, with an uploaded file; its id, and whether it was queued by
    this very order.

    Raises:
        Refused: it is not.
    """

    def make() -> str:
        row = may_write(ask, id)
        if said.quoted and not _stands_in(ask, said.quoted, id):
            raise Refused("quote_not_here")
        made = person_says(ask, row, said, at)
        if upload is not None and not attach(ask, made, upload, at):
            raise Refused("file_gone")
        return made

    return once(ask, keyed, at, make)


def _stands_in(ask: Ask, message: str, conversation: str) -> bool:
    """A reply shows its customer what it replies to: nothing of another chat."""
    row = ask("message_row", id=message).fetchone()
    return row is not None and row["conversation_id"] == conversation
