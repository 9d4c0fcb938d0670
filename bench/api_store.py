"""A shop's busy years in one store: 100,000 conversations and 1,000,000 messages, by bare statements.

`python -m bench.api_store DATA_FOLDER [CONVERSATIONS]`. The same seed makes the same store. Written for benches of what
people and programs ask; nothing was decided.
"""

import json
import random
import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from bench.pipeline import SAID, TENANT
from wabot.model.ids import uuid7
from wabot.session.clock import RealClock
from wabot.store.sqlite.opening import open_file

CHATS: Final = 100_000
A_CHAT: Final = 10
"""Messages of a chat, half of them the shop's."""
DAYS: Final = 730
OPERATORS: Final = tuple(f"cs{number}@warung.example" for number in range(12))
_DAY: Final = 86_400_000
_NAMES: Final = "Budi Ani Siti Agus Dewi Rina Joko Tono Sari Wati Eko Putri Rizky Ayu Bayu Citra Dian Fajar".split()
_FAMILY: Final = "Santoso Wijaya Lestari Pratama Hidayat Saputra Utami Nugroho Kusuma Halim Siregar Nasution".split()
_TAGS: Final = ("vip", "komplain", "pelanggan-baru", "grosir", "reseller", "cod")
_STATUSES: Final = ("active", "pending", "resolved", "closed")
_WEIGHTS: Final = (20, 2, 60, 18)
_ANSWERS: Final = (
    "Siap kak, ditunggu ya 🙏",
    "Buka sampai jam 21.00 kak.",
    "Ongkirnya 12 ribu kak.",
    "Sudah kami kirim kak.",
)


def fill(folder: Path, chats: int = CHATS, seed: int = 1) -> None:
    """Write the store in `folder` (`data/<tenant>`)."""
    connection = open_file(folder)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -200000")
    chance, now = random.Random(seed), RealClock().now()
    connection.execute("BEGIN")
    operators = [_operator(connection, email, now) for email in OPERATORS]
    for begin in range(0, chats, 5_000):
        _chats(connection, range(begin, min(begin + 5_000, chats)), chance, operators, now)
    connection.execute("COMMIT")
    connection.execute("ANALYZE")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _operator(connection: sqlite3.Connection, email: str, now: int) -> str:
    id = uuid7(now - DAYS * _DAY)
    name = email.split("@")[0].title()
    row = (id, TENANT.name, email, name, "online", now - DAYS * _DAY, now)
    connection.execute(
        "INSERT INTO operators (id, tenant_id, email, name, status, created_at, updated_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        row,
    )
    return id


def _chats(
    connection: sqlite3.Connection, numbers: range, chance: random.Random, operators: list[str], now: int
) -> None:
    tenant = TENANT.name
    contacts: list[tuple[Any, ...]] = []
    conversations: list[tuple[Any, ...]] = []
    chats: list[tuple[Any, ...]] = []
    messages: list[tuple[Any, ...]] = []
    for number in numbers:
        phone, name = f"62813{number:08}", f"{chance.choice(_NAMES)} {chance.choice(_FAMILY)}"
        # More of them are recent than old, as in a shop that grows.
        last = now - int(DAYS * _DAY * chance.random() ** 2) - 60_000
        first = last - int(chance.random() * 3 * _DAY) - A_CHAT * 30_000
        contact, conversation = uuid7(first), uuid7(first)
        status = chance.choices(_STATUSES, _WEIGHTS)[0]
        tags = json.dumps(chance.sample(_TAGS, chance.randrange(3)))
        unread = chance.randrange(1, 6) if status in ("active", "pending") and chance.random() < 0.4 else 0
        said = list(_said(conversation, name, first, last, chance))
        theirs = A_CHAT // 2
        contacts.append((contact, tenant, phone, name, tags, theirs, theirs, first, last))
        conversations.append(
            (
                *(conversation, tenant, phone, contact, status, tags, theirs, A_CHAT, unread, last),
                *(last, "customer" if unread else "cs", said[-1][5], first, last),
                chance.choice(operators) if chance.random() < 0.5 else None,
                last if status == "pending" else None,
            )
        )
        chats.append((tenant, phone, conversation))
        messages += said
    connection.executemany(
        "INSERT INTO contacts (id, tenant_id, phone, name, tags, total_messages_received, total_messages_sent, "
        "first_contact_at, last_contact_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        contacts,
    )
    connection.executemany(
        "INSERT INTO conversations (id, tenant_id, chat, contact_id, status, tags, customer_messages, total_messages, "
        "unread_count, last_customer_at, last_message_at, last_message_from, last_message_content, created_at, "
        "updated_at, operator_id, waiting_since) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        conversations,
    )
    connection.executemany("INSERT INTO conversation_chats VALUES (?, ?, ?)", chats)
    connection.executemany(
        "INSERT INTO messages (id, tenant_id, conversation_id, wa_message_id, sender_type, content, sender_name, "
        "status, sent_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        messages,
    )


def _said(conversation: str, name: str, first: int, last: int, chance: random.Random) -> Iterator[tuple[Any, ...]]:
    step = (last - first) // (A_CHAT - 1)
    for number in range(A_CHAT):
        at = last if number == A_CHAT - 1 else first + number * step
        id = uuid7(at)
        if number % 2 == 0:
            sender, text, by, status = "customer", chance.choice(SAID), name, "received"
        else:
            sender, text, by, status = chance.choice(("cs", "auto_reply")), chance.choice(_ANSWERS), "", "read"
        yield id, TENANT.name, conversation, f"W{id}", sender, text, by, status, at, at


def main() -> None:
    began = time.perf_counter()
    chats = int(sys.argv[2]) if len(sys.argv) > 2 else CHATS
    fill(Path(sys.argv[1]) / TENANT.name, chats)
    print(f"{chats:,} conversations, {chats * A_CHAT:,} messages in {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
