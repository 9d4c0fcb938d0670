"""A shop's store to export from, and what each format holds, read back by other programs than those that wrote it."""

import csv
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
from openpyxl.utils.escape import unescape
from pyarrow import parquet

from tests.blank import lay
from wabot.analytics.export.formats import FORMATS, Format
from wabot.analytics.export.moments import LocalClock
from wabot.analytics.export.pseudonyms import Pseudonyms, tenants_pseudonyms
from wabot.analytics.export.rows import EVERYTHING, Rows, Span, read_rows
from wabot.analytics.export.tables import TABLES, Table
from wabot.store.sqlite.opening import open_file
from wabot.store.sqlite.queries import Ask
from wabot.store.sqlite.reading import asking

TENANT = "warung"
JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = 1_769_569_200_000  # Wednesday 2026-01-28 10:00 in Jakarta
PHONE, LID, NAME, SECRET = "6281299988877", "99887766554433", "Budi Rahasia", "RAHASIA"
EMAIL, OPERATOR = "budi.rahasia@contoh.id", "sari.rahasia@warung.id"
TEXTS = (
    "jam buka?",
    "Halo kak 👩‍👩‍👧‍👦🇮🇩 👋🏽",
    "مرحبا، هل المحل مفتوح؟",
    "שלום \u202eabc\u202c",
    '=HYPERLINK("http://jahat.example","klik")',
    "+62 812 ya kak",
    "-1 stok",
    "@admin",
    "\tmenjorok",
    "\rganti",
    'baris satu\nbaris "dua", tiga; empat',
    "_x0041_ & <b>tebal</b>",
    "'kutip",
    "\x00\x07nol",
    "",
)


class Shop:
    """Writes rows of a tenant's store as they would come to lie there."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def put(self, table: str, **row: Any) -> None:
        row = {"tenant_id": TENANT, **row}
        names, values = ", ".join(row), ", ".join(f":{name}" for name in row)
        self._connection.execute(f"INSERT INTO {table} ({names}) VALUES ({values})", row)

    def customer(self, number: int = 1, phone: str = PHONE, **row: Any) -> None:
        known = {"first_contact_at": NOW, "last_contact_at": NOW, **row}
        self.put("contacts", id=f"contact-{number}", phone=phone, **known)
        self.put(
            "conversations", id=f"chat-{number}", chat=phone, contact_id=f"contact-{number}", created_at=NOW,
            updated_at=NOW, last_message_at=NOW,
        )  # fmt: skip

    def message(self, id: str, at: int = NOW, chat: int = 1, sender: str = "customer", **row: Any) -> None:
        said = {"status": "received" if sender == "customer" else "sent", "created_at": at, **row}
        self.put("messages", id=id, conversation_id=f"chat-{chat}", sender_type=sender, **said)


def shop(folder: Path, *texts: str) -> Path:
    """The folder of a shop's data, in which a customer wrote each of the texts, a second after the other."""
    with closing(open_file(lay(folder))) as connection:
        written = Shop(connection)
        written.customer(name=NAME)
        for number, text in enumerate(texts):
            written.message(f"m{number:03}", NOW + number * 1_000, content=text)
    return folder


def secretive(folder: Path) -> Path:
    """A shop in which everything that can name a customer, or hold what they wrote, does."""
    with closing(open_file(lay(folder))) as connection:
        written = Shop(connection)
        written.put("operators", id="op-1", email=OPERATOR, name="Sari Rahasia", created_at=NOW, updated_at=NOW)
        written.customer(
            lid=LID, name=NAME, push_name=SECRET, email=EMAIL, address=f"Jl. {SECRET} 7", notes=SECRET,
            customer_id=f"C-{SECRET}", tags=json.dumps([SECRET, NAME]), segment="vip", total_spent=125_000,
            blocked_reason=SECRET, total_orders=3,
        )  # fmt: skip
        connection.execute(
            "UPDATE conversations SET tags = ?, category = ?, internal_notes = ?, last_message_content = ?, "
            "assigned_to = ?, operator_id = 'op-1'",
            (json.dumps([SECRET]), SECRET, f"{NAME} {PHONE}", SECRET, f"operator:{OPERATOR}"),
        )
        written.message(
            "m1", content=f"saya {NAME}, {PHONE}", sender_name=NAME, wa_message_id=f"3EB0{PHONE}",
            error_message=f"to {PHONE}@s.whatsapp.net", media_mime_type=f"image/{SECRET}", media_file=f"{SECRET}.jpg",
            quoted_message_id=f"Q{PHONE}", media_size=9,
        )  # fmt: skip
        written.message("m2", sender="cs", sender_id=OPERATOR, sender_name="Sari Rahasia", content=f"Halo {NAME}")
        written.message("m3", sender="cs", sender_id="wabot", content=f"Halo lagi {NAME}")
        written.put("operator_analytics", date="2026-01-28", operator=OPERATOR, **dict.fromkeys(
            "chats messages responses response_millis first_responses first_millis settled settled_millis csat_answers "
            "csat_total online_millis".split(), 1))  # fmt: skip
    return folder


def table(name: str) -> Table:
    return next(one for one in TABLES if one.name == name)


def form(name: str) -> Format:
    return next(one for one in FORMATS if one.name == name)


def rows(ask: Ask, name: str = "messages", span: Span = EVERYTHING, names: Pseudonyms | None = None) -> Rows:
    return read_rows(ask, table(name), span, LocalClock(JAKARTA), names)


def written(
    folder: Path, target: Path, format: str, name: str = "messages", span: Span = EVERYTHING, anonymous: bool = False
) -> Path:
    """The table as a file in that format, at `target`."""
    target.touch()
    names = tenants_pseudonyms(folder) if anonymous else None
    with asking(folder, TENANT) as ask:
        form(format).write(rows(ask, name, span, names), target)
    return target


def read(path: Path, format: str) -> list[dict[str, Any]]:
    """What the file holds, as its own format has it."""
    match format:
        case "csv":
            lines = csv.reader(io.StringIO(path.read_bytes().decode(), newline=""))
            head = next(lines)
            return [dict(zip(head, line, strict=True)) for line in lines]
        case "json":
            found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
            return found
        case "jsonl":
            return [json.loads(line) for line in path.read_text("utf-8").split("\n")[:-1]]
        case "xlsx":
            sheets = openpyxl.load_workbook(io.BytesIO(path.read_bytes())).worksheets
            made = []
            for sheet in sheets:
                names, *lines = sheet.iter_rows(values_only=True)
                # openpyxl leaves what Excel reads as control characters (_x000D_) to whoever reads with it.
                cells = [[unescape(cell) if isinstance(cell, str) else cell for cell in line] for line in lines]
                made += [dict(zip(map(str, names), line, strict=True)) for line in cells]
            return made
        case "parquet":
            listed: list[dict[str, Any]] = parquet.read_table(path).to_pylist()
            return listed
        case "sqlite":
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
                database.row_factory = sqlite3.Row
                (name,) = database.execute("SELECT name FROM sqlite_master").fetchone()
                return [dict(row) for row in database.execute(f'SELECT * FROM "{name}"')]
        case _:
            raise AssertionError(format)
