"""What an export costs beside what writes the file: 1,000,000 messages to CSV, and csv.writer on the same rows.

`make bench`; `python -m bench.export MESSAGES` for fewer. csv.writer is given the same columns of the same statement as
they lie in the store. What counts against wabot is everything else: the tenant's clock, defusing, batches. Shown beside
it, without an aim: csv.writer on what the export wrote, ready made and in memory, so that nothing is read; and the peak
of memory at a tenth and at all of the messages.
"""

import csv
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from bench.pipeline import SAID, TENANT
from wabot.analytics.export.as_csv import write_csv
from wabot.analytics.export.moments import LocalClock
from wabot.analytics.export.rows import EVERYTHING, read_rows
from wabot.analytics.export.tables import TABLES
from wabot.model.ids import uuid7
from wabot.session.clock import RealClock
from wabot.store.sqlite.opening import open_file
from wabot.store.sqlite.reading import asking

MESSAGES: Final = 1_000_000
CUSTOMERS: Final = 20_000
ROUNDS: Final = 3
AIM: Final = 2.5
_YEAR: Final = 365 * 86_400_000


def fill(place: Path, messages: int) -> None:
    """A year of questions and answers in the order in which they came, by bare statements: nothing is decided."""
    connection = open_file(place)
    connection.execute("PRAGMA synchronous = OFF")
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")  # what they keep is not exported
    chance, begin = random.Random(1), RealClock().now() - _YEAR
    connection.execute("BEGIN")
    chats = [_customer(connection, number, begin) for number in range(CUSTOMERS)]
    for number in range(messages // 2):
        asked = begin + number * (_YEAR // (messages // 2))
        _exchange(connection, *chance.choice(chats), chance.choice(SAID), asked)
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _customer(connection: sqlite3.Connection, number: int, begin: int) -> tuple[str, str]:
    contact, conversation, phone = uuid7(begin), uuid7(begin), f"62813{number:08}"
    connection.execute(
        "INSERT INTO contacts (id, tenant_id, phone, name, first_contact_at, last_contact_at) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (contact, TENANT.name, phone, f"Pelanggan {number}", begin, begin),
    )
    connection.execute(
        "INSERT INTO conversations (id, tenant_id, chat, contact_id, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)",
        (conversation, TENANT.name, phone, contact, begin, begin),
    )
    return conversation, phone


def _exchange(connection: sqlite3.Connection, conversation: str, phone: str, text: str, at: int) -> None:
    asked, answer, said = uuid7(at), uuid7(at + 50), at + 4_000
    connection.executemany(
        "INSERT INTO messages (id, tenant_id, conversation_id, wa_message_id, sender_type, content, status, sent_at, "
        "delivered_at, read_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                asked,
                TENANT.name,
                conversation,
                f"3EB0{asked[-12:]}",
                "customer",
                text,
                "received",
                at - 900,
                None,
                None,
                at,
            ),
            (
                *(
                    answer,
                    TENANT.name,
                    conversation,
                    f"3EB0{answer[-12:]}",
                    "auto_reply",
                    "Buka sampai 21.00 kak.",
                    "read",
                ),
                *(said, said + 700, said + 9_000, at + 50),
            ),
        ),
    )
    connection.execute(
        "INSERT INTO outbox (id, tenant_id, conversation_id, chat, text, rule_id, due_at, created_at, sequence, "
        "status, sent_at) VALUES (?, ?, ?, ?, 'Buka sampai 21.00 kak.', 'jam-buka', ?, ?, ?, 'read', ?)",
        (answer, TENANT.name, conversation, phone, at, at, at, said),
    )


def exported(place: Path, target: Path) -> float:
    """Seconds that the export takes."""
    began = time.process_time()
    with asking(place, TENANT.name) as ask, target.open("wb") as out:
        write_csv(read_rows(ask, TABLES[0], EVERYTHING, LocalClock(ZoneInfo("Asia/Jakarta"))), out)
    return time.process_time() - began


def written(rows: list[list[str]], target: Path) -> float:
    """Seconds that csv.writer takes with rows that lie ready."""
    began = time.process_time()
    with target.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows(rows)
    return time.process_time() - began


def bare(place: Path, target: Path) -> float:
    """Seconds that csv.writer takes with the rows of the same statement, as they lie in the store."""
    began = time.process_time()
    with asking(place, TENANT.name) as ask, target.open("w", newline="", encoding="utf-8") as out:
        cursor = ask(TABLES[0].statement, **EVERYTHING.values())
        cursor.row_factory = None
        csv.writer(out).writerows(cursor)
    return time.process_time() - began


def peak(place: Path) -> int:
    """Megabytes that a process needs at most to export the store."""
    ran = subprocess.run(
        [sys.executable, "-m", "bench.export", "--peak", str(place)], capture_output=True, text=True, check=True
    )
    return int(ran.stdout)


def main() -> int:
    if sys.argv[1:2] == ["--peak"]:
        exported(Path(sys.argv[2]), Path("/dev/null"))
        status = Path("/proc/self/status").read_text()  # a child's ru_maxrss begins with what its parent had
        print(int(status.split("VmHWM:")[1].split()[0]) // 1024)
        return 0
    messages = int(sys.argv[1]) if len(sys.argv) > 1 else MESSAGES
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent) as folder:
        whole, tenth, target = Path(folder) / "whole", Path(folder) / "tenth", Path(folder) / "messages.csv"
        fill(whole, messages)
        fill(tenth, messages // 10)
        wabot, naked = [exported(whole, target)], [bare(whole, Path(folder) / "bare.csv")]
        with target.open(newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
        assert len(rows) == messages + 1, "the export lacks messages"
        again = Path(folder) / "again.csv"
        writer = [written(rows, again)]
        assert again.read_bytes() == target.read_bytes(), "csv.writer was given other rows"
        for _ in range(ROUNDS - 1):
            wabot.append(exported(whole, target))
            writer.append(written(rows, again))
            naked.append(bare(whole, again))
        peaks = peak(tenth), peak(whole)
    ratio = min(wabot) / min(naked)
    print(f"| {messages:,} messages to CSV, seconds of one core | | export / it |\n|---|---:|---:|")
    print(f"| `wabot analytics export` | {min(wabot):.2f} | |")
    print(f"| csv.writer on the same rows, read from the store | {min(naked):.2f} | {ratio:.2f}× |")
    print(
        f"| csv.writer on them in memory, ready made (no aim) | {min(writer):.2f} | {min(wabot) / min(writer):.2f}× |"
    )
    print(f"\npeak of memory: {peaks[0]} MB with {messages // 10:,} messages, {peaks[1]} MB with {messages:,}")
    print(f"aim: ≤ {AIM:g}× csv.writer on the same rows: {'reached' if ratio <= AIM else 'MISSED'}")
    return 0 if ratio <= AIM else 1


if __name__ == "__main__":
    sys.exit(main())
