"""Forgetting a customer: every row about them, and the bytes that those rows leave behind in the file."""

import json
import re
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from wabot.model.errors import StoreError
from wabot.model.stored import Erased
from wabot.store.media import MediaFolder
from wabot.store.outgoing import OutgoingFolder
from wabot.store.sqlite import uploads
from wabot.store.sqlite.opening import NAME, open_file, open_for_reading, plainly
from wabot.store.sqlite.payload import logged_text
from wabot.store.sqlite.queries import Ask, asker

_MENTION: Final = "[forgotten]"
_ATTEMPTS: Final = 5
"""How often the file is cleaned when others are busy in it; each attempt waits up to 5 s."""
_TEXTS: Final = (
    "messages",
    "outbox",
    "logs",
    "conversations",
    "contacts",
    "journal",
    "richness",
    "follow_ups",
    "notes",
)


@dataclass
class _Customer:
    """All that is known about one customer. `names`: numbers, LIDs and chats."""

    names: set[str]
    contacts: set[str] = field(default_factory=set)
    chats: dict[str, str] = field(default_factory=dict)
    journal: dict[tuple[str, str], Any] = field(default_factory=dict)
    orders: int = 0


def stored_about(folder: Path, tenant: str, name: str) -> Erased:
    """What `erase` would erase of the customer with this number, LID or chat.

    Raises:
        StoreError: the store cannot be read.
    """
    connection = open_for_reading(folder)
    try:
        return _count(_customer(asker(connection, tenant), name))
    except sqlite3.Error as error:
        raise StoreError(plainly(folder / NAME, error)) from error
    finally:
        connection.close()


def erase(folder: Path, tenant: str, name: str) -> Erased:
    """Erase the customer, in one transaction, and then the bytes of the deleted rows from the file. Beside a running
    session, which finds no reply of theirs to send any more.

    Raises:
        StoreError: nothing is erased; or the rows are, and the file could not be cleaned: the text says which.
    """
    if any((folder / "history").glob("*.sync")):
        raise StoreError(
            f"nothing is erased: {folder / 'history'} holds chats of the phone that are not imported yet, and they "
            "would bring the customer back. Let `wabot run` import them, or delete that folder; then run this again."
        )
    connection = open_file(folder)
    try:
        connection.execute("PRAGMA secure_delete = ON")
        ask = asker(connection, tenant)
        connection.execute("BEGIN IMMEDIATE")
        customer = _customer(ask, name)
        files, sent = _files(ask, customer), _uploads(ask, customer)
        _delete(ask, customer)
        uploads.drop(ask, sent)
        _mentions(connection, ask, customer.names)
        connection.execute("COMMIT")
        _delete_files(folder, files, sent)
        _clean(connection, folder / NAME)
        return _count(customer)
    except sqlite3.Error as error:
        raise StoreError(plainly(folder / NAME, error)) from error
    finally:
        connection.close()


def _customer(ask: Ask, name: str) -> _Customer:
    """Follows the names from one to the next: a customer can have a number, a LID, and a chat by either. Without a
    name it is nobody: many have no number, or no LID."""
    found = _Customer({name} - {""})
    seen: set[str] = set()
    while new := found.names - seen:
        seen |= new
        for each in new:
            _follow(ask, found, each)
    found.orders = sum(ask("forget_orders_known", name=each).fetchone()["number"] for each in found.names)
    return found


def _follow(ask: Ask, found: _Customer, name: str) -> None:
    for contact in ask("forget_contacts", name=name).fetchall():
        found.contacts.add(contact["id"])
        found.names |= {contact["phone"], contact["lid"]} - {""}
        for chat in ask("forget_chats", contact=contact["id"]):
            found.chats[chat["id"]] = chat["chat"]
            found.names.add(chat["chat"])
    escaped = re.sub(r"([!%_])", r"!\1", json.dumps(name, ensure_ascii=False))
    for entry in ask("forget_journalled", name=name, quoted=f"%{escaped}%"):
        said = json.loads(entry["payload"])
        theirs = {said["phone"], said["lid"]} - {""}
        if said["from_me"]:  # in a chat with the customer; the number may be the shop's own
            theirs = set()
        if name in theirs or (entry["chat"] == name and said["chat_kind"] == "direct"):
            found.names |= theirs
            found.journal[entry["chat"], entry["message_id"]] = (
                entry["decided_at"],
                logged_text(said["type"], said["text"]),
            )


def _count(customer: _Customer) -> Erased:
    counted = (len(customer.contacts), len(customer.chats), len(customer.journal), customer.orders)
    return Erased(tuple(sorted(customer.names)), *counted)


def _files(ask: Ask, customer: _Customer) -> list[str]:
    rows = (row for conversation in customer.chats for row in ask("forget_files", conversation=conversation))
    return [row["media_file"] for row in rows]


def _uploads(ask: Ask, customer: _Customer) -> list[str]:
    """What was sent to them and nobody else. Files' names tell of people, too."""
    rows = (row for conversation in customer.chats for row in ask("forget_uploads", conversation=conversation))
    return [row["media_upload"] for row in rows]


def _delete_files(folder: Path, names: list[str], sent: list[str]) -> None:
    try:
        MediaFolder(folder).delete(names)
        OutgoingFolder(folder).delete(sent)
    except OSError as error:
        raise StoreError(
            f"the rows are erased, but {error.filename} could not be deleted ({error.strerror}). Delete it by hand."
        ) from error


def _delete(ask: Ask, customer: _Customer) -> None:
    for conversation, chat in customer.chats.items():
        ask("forget_send_keys", conversation=conversation)
        ask("forget_outbox", conversation=conversation, chat=chat)
        ask("forget_logs", conversation=conversation)
        ask("forget_follow_ups", conversation=conversation)
        ask("forget_feed", conversation=conversation)
        ask("forget_deliveries", conversation=conversation)
        ask("forget_surveys", conversation=conversation)
        ask("forget_messages", conversation=conversation)
        ask("forget_notes", conversation=conversation)
        ask("forget_names_of_chat", conversation=conversation)
        ask("forget_conversation", conversation=conversation)
    for contact in customer.contacts:
        ask("forget_usage", contact=contact)
        ask("forget_contact", contact=contact)
    for name in customer.names:
        ask("forget_orders", name=name)
        ask("forget_order_summary", name=name)
    for (chat, message), (decided, said) in customer.journal.items():
        if decided is not None:  # reactions, and what they wrote in groups, have a log without a chat
            ask("forget_log_without_a_chat", at=decided, said=said)
        ask("forget_journal", chat=chat, message=message)


def _mentions(connection: sqlite3.Connection, ask: Ask, names: set[str]) -> None:
    """Take the customer's numbers out of texts of other chats: notes to the shop, or another customer's words."""
    numbers = {name for name in names if name.isdigit()}
    numbers |= {f"0{number[2:]}" for number in numbers if number.startswith("62")}
    for number in numbers:
        whole = re.compile(rf"(?<!\d){number}(?!\d)")

        def forgotten(text: str | None, whole: re.Pattern[str] = whole) -> str | None:
            return None if text is None else whole.sub(_MENTION, text)

        connection.create_function("forgotten", 1, forgotten)
        for texts in _TEXTS:
            ask(f"forget_in_{texts}", like=f"%{number}%")


def _clean(connection: sqlite3.Connection, path: Path) -> None:
    """Rewrite the file without what was deleted, ever: earlier changes of a row leave bytes behind that secure_delete
    did not see. Then empty the write-ahead log, which holds pages as they were."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            connection.execute("VACUUM")
            if not connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                return
        except sqlite3.Error as error:
            if attempt == _ATTEMPTS or "locked" not in str(error):
                raise StoreError(_left(path, str(error))) from error
    raise StoreError(_left(path, "other processes were reading it"))


def _left(path: Path, why: str) -> str:
    return (
        f"the rows are erased, but bytes of them may still stand in {path} ({why}). "
        "Run the same command again with --tenant: it cleans the file."
    )
