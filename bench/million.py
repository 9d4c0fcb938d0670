"""What a long life costs: a store with 1,000,000 messages beside one with 10,000.

`make bench`. The same shop, the same customers' habits, a hundred times as much of everything but rules. Measured,
taking turns: the conversation list, a page of messages, a whole decision (what is known, what is decided, the
transaction), and `wabot status`.
"""

import asyncio
import itertools
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from bench.pipeline import SAID, TENANT
from wabot.engine.load import load_tenant
from wabot.model.message import Message
from wabot.session.clock import RealClock
from wabot.session.report import Mute
from wabot.session.turns import Turns
from wabot.store.sqlite import SqliteStore, read_summary, reading
from wabot.store.sqlite.opening import open_file

SMALL: Final = 10_000
LARGE: Final = 1_000_000
A_CHAT: Final = 100
"""Messages of a chat, half of them the bot's."""
ROUNDS: Final = 200
AIM: Final = 2.0


def fill(place: Path, messages: int) -> None:
    """A store in which so many messages were exchanged in the last year, by bare statements: nothing is decided."""
    connection = open_file(place)
    connection.execute("PRAGMA synchronous = OFF")
    now = RealClock().now()
    begin = now - 365 * 86_400_000
    step = 365 * 86_400_000 // messages
    connection.execute("BEGIN")
    for chat in range(messages // A_CHAT):
        _chat(connection, chat, begin, step, messages // A_CHAT)
    connection.execute("INSERT INTO rule_stats VALUES (?, 'jam-buka', ?, ?)", (TENANT.name, messages // 2, now))
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _chat(connection: sqlite3.Connection, chat: int, begin: int, step: int, chats: int) -> None:
    tenant, phone = TENANT.name, f"62813{chat:08}"
    contact, conversation = f"contact-{chat}", f"conversation-{chat}"
    times = [begin + (number * chats + chat) * step for number in range(A_CHAT)]
    connection.execute(
        "INSERT INTO contacts (id, tenant_id, phone, name, total_messages_received, first_contact_at, last_contact_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (contact, tenant, phone, f"Pelanggan {chat}", A_CHAT // 2, times[0], times[-1]),
    )
    connection.execute(
        "INSERT INTO conversations (id, tenant_id, chat, contact_id, status, customer_messages, total_messages, "
        "last_customer_at, last_message_at, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (conversation, tenant, phone, contact, "active", A_CHAT // 2, A_CHAT, times[-2], times[-1], times[0], times[0]),
    )
    connection.execute("INSERT INTO conversation_chats VALUES (?, ?, ?)", (tenant, phone, conversation))
    said: list[tuple[Any, ...]] = []
    journal: list[tuple[Any, ...]] = []
    outbox: list[tuple[Any, ...]] = []
    logs: list[tuple[Any, ...]] = []
    for number, at in enumerate(times):
        name, text = f"{chat}-{number}", SAID[number % len(SAID)]
        theirs = number % 2 == 0
        sender, wa = ("customer", f"W{name}") if theirs else ("auto_reply", None)
        said.append((name, tenant, conversation, wa, sender, text, "received" if theirs else "read", at, at))
        if theirs:
            journal.append((tenant, phone, f"W{name}", "{}", at, chat * A_CHAT + number, at))
        else:
            outbox.append((name, tenant, conversation, phone, text, "jam-buka", at, at, chat * A_CHAT + number, at))
            logs.append((name, tenant, conversation, f"{chat}-{number - 1}", "jam-buka", text, at))
    connection.executemany(
        "INSERT INTO messages (id, tenant_id, conversation_id, wa_message_id, sender_type, content, status, sent_at, "
        "created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        said,
    )
    connection.executemany(
        "INSERT INTO inbound_journal (tenant_id, chat, message_id, payload, arrived_at, sequence, decided_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        journal,
    )
    connection.executemany(
        "INSERT INTO outbox (id, tenant_id, conversation_id, chat, text, rule_id, due_at, created_at, sequence, "
        "status, sent_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'read', ?)",
        outbox,
    )
    connection.executemany(
        "INSERT INTO auto_reply_logs (id, tenant_id, conversation_id, message_id, rule_id, reason, response_sent, "
        "triggered_at) VALUES (?, ?, ?, ?, ?, 'answered', ?, ?)",
        logs,
    )


class Life:
    """One store, and what is asked of it."""

    def __init__(self, place: Path, messages: int) -> None:
        self.place, self.chats = place, messages // A_CHAT
        rule_set = load_tenant(TENANT).rule_set
        assert rule_set is not None, "the example tenant has errors"
        self.store = SqliteStore(open_file(place), TENANT.name)
        clock = RealClock()
        self.turns = Turns(self.store, clock, lambda: rule_set, Mute(), random.Random(1), hurry=True)
        self.chance = random.Random(2)
        self.numbers = itertools.count()

    def _phone(self) -> str:
        return f"62813{self.chance.randrange(self.chats):08}"

    async def conversations(self) -> None:
        with reading(self.place, TENANT.name) as store:
            assert len(store.conversations(most=50)) == 50

    async def page(self) -> None:
        with reading(self.place, TENANT.name) as store:
            assert len(store.messages(self._phone(), 50)) == 50

    async def decision(self) -> None:
        phone = self._phone()
        message = Message(f"N{next(self.numbers)}", phone, self.chance.choice(SAID), phone=phone, name="Budi")
        await self.store.journal([message], RealClock().now())
        await self.turns.take(message)

    async def status(self) -> None:
        assert read_summary(self.place, TENANT.name).contacts


async def measure(lives: tuple[Life, Life], rounds: int, name: str) -> tuple[float, float]:
    """Median milliseconds of each, taking turns."""
    spent: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for life, times in zip(lives, spent, strict=True):
            began = time.perf_counter()
            await getattr(life, name)()
            times.append(1000 * (time.perf_counter() - began))
    return statistics.median(spent[0]), statistics.median(spent[1])


async def compare(place: Path) -> int:
    lives = (Life(place / "small", SMALL), Life(place / "large", LARGE))
    asked = (("conversations", "conversation list"), ("page", "page of messages"), ("decision", "decision, durable"))
    print(f"| | at {SMALL:,} messages | at {LARGE:,} | ratio |\n|---|---:|---:|---:|")
    worst = 0.0
    for name, title in asked:
        small, large = await measure(lives, ROUNDS, name)
        worst = max(worst, large / small)
        print(f"| {title} | {small:.2f} ms | {large:.2f} ms | {large / small:.2f}× |")
    small, large = await measure(lives, 5, "status")
    print(f"| `wabot status` (no aim) | {small:.1f} ms | {large:.1f} ms | {large / small:.1f}× |")
    for life in lives:
        await life.store.close()
    print(f"\naim: ≤ {AIM:g}×: {'reached' if worst <= AIM else 'MISSED'}")
    return 0 if worst <= AIM else 1


def main() -> int:
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent) as folder:
        for name, messages in (("small", SMALL), ("large", LARGE)):
            fill(Path(folder) / name, messages)
        return asyncio.run(compare(Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
