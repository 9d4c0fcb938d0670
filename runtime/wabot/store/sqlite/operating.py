"""What people order beside the process that runs the tenant. Each order is one short transaction and one conditional
UPDATE: whoever comes first, the session or the person, wins, and the other one learns of it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from wabot.model.errors import StoreError
from wabot.store.sqlite.opening import NAME, open_file, plainly
from wabot.store.sqlite.queries import Ask, asker

CANCELLED: Final = "cancelled_by_person"
TAKEN: Final = "handled_by_person"
BY_NOBODY: Final = "wabot"
"""Who wrote a message that a person without an e-mail address wrote through wabot."""


@contextmanager
def writing(folder: Path, tenant: str) -> Iterator[Ask]:
    """One transaction on the store of `tenant` in `folder`; waits up to 5 s for other writers.

    Raises:
        StoreError: it cannot be written.
    """
    connection = open_file(folder)
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield asker(connection, tenant)
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise StoreError(plainly(folder / NAME, error)) from error
    finally:
        connection.close()  # what was not committed is undone


def cancel(folder: Path, tenant: str, outbound: str) -> bool:
    """queued → failed; False when the reply is not queued (any more)."""
    with writing(folder, tenant) as ask:
        return withdraw(ask, outbound)


def withdraw(ask: Ask, outbound: str) -> bool:
    """As `cancel`, part of the caller's transaction."""
    done = ask("outbox_cancel_one", id=outbound, error=CANCELLED).rowcount == 1
    if done:
        _message(ask, outbound, "failed", CANCELLED)
    return done


def retry(folder: Path, tenant: str, outbound: str, due: int, *, unknown_too: bool = False) -> bool:
    """failed (or unknown) → queued, due at `due`; False when the reply is in no such state (any more)."""
    with writing(folder, tenant) as ask:
        return again(ask, outbound, due, unknown_too=unknown_too)


def again(ask: Ask, outbound: str, due: int, *, unknown_too: bool) -> bool:
    """As `retry`, part of the caller's transaction."""
    done = ask("outbox_retry", id=outbound, due=due, known=int(unknown_too)).rowcount == 1
    if done:
        ask("message_unnamed", id=outbound)
        _message(ask, outbound, "queued", "")
    return done


def pause_tenant(folder: Path, tenant: str, until: int | None) -> None:
    """The tenant's bot is silent until then (None: it speaks again, also to those who never got a message before, whom
    it does not answer for a while after WhatsApp refused one, and waits out no ban); waiting replies wait."""
    with writing(folder, tenant) as ask:
        ask("tenant_pause", until=until)
        if until is None:
            ask("restraint_lift")


def pause_chat(folder: Path, tenant: str, chat: str, until: int | None, at: int) -> bool:
    """The bot is silent in the chat until then (None: it speaks again); False when there is no such chat."""
    with writing(folder, tenant) as ask:
        return ask("chat_pause", chat=chat, until=until, at=at).rowcount == 1


def silence(ask: Ask, conversation: str, reason: str = TAKEN) -> int:
    """What the bot is about to say in a chat is not said; how many messages that are."""
    waiting = ask("outbox_cancel", conversation=conversation, error=reason).fetchall()
    for row in waiting:
        _message(ask, row["id"], "failed", reason)
    return len(waiting)


def _message(ask: Ask, outbound: str, status: str, error: str) -> None:
    """The reply stands among the messages of its chat too."""
    ask("message_status", id=outbound, status=status, error=error, sent_at=None, delivered_at=None, read_at=None)
