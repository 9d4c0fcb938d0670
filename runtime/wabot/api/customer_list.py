"""Lists of customers as CSV: what spreadsheets write is read, row by row, and written so that they read it as text."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple, get_args

from wabot.model.phone import phone_number
from wabot.model.segments import Segment
from wabot.store.sqlite.caring import Listed

MOST_ROWS: Final = 50_000
LIMITS: Final = {"name": 100, "email": 254, "address": 1_000, "notes": 5_000, "customer_id": 64}
"""Characters."""
TAG: Final = re.compile(r"[^\s,:]{1,50}")
EMAIL: Final = re.compile(r"[^\s@]+@[^\s@]+")
SEGMENTS: Final = get_args(Segment)
_HEADERS: Final = {
    "phone": ("phone", "telepon", "no telepon", "nomor", "hp", "no hp", "nomor hp", "whatsapp", "wa", "no wa"),
    "name": ("name", "nama"),
    "email": ("email", "e-mail"),
    "address": ("address", "alamat"),
    "notes": ("notes", "note", "catatan"),
    "customer_id": ("customerid", "customer id", "id pelanggan"),
    "segment": ("segment", "segmen"),
    "tags": ("tags", "tag", "label"),
}
_KNOWN: Final = {written: column for column, names in _HEADERS.items() for written in names}
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r")


class NoList(Exception):
    """The file is no list of customers; the text says what is wrong with it."""


class Refused(NamedTuple):
    """A row that is not taken: the line on which it begins (from 1), the column ("" for the row), and why."""

    line: int
    column: str
    message: str


class CustomerList:
    """A list, read as far as one asks. `ignored` are columns that mean nothing here."""

    def __init__(self, content: bytes) -> None:
        """
        Raises:
            NoList: it is no text in UTF-8, or its first line names no column with phone numbers.
        """
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise NoList("The file is not UTF-8 text: save it as CSV UTF-8.") from error
        self._skipped = 0
        if text[:4].lower() == "sep=":
            _, _, text = text.partition("\n")
            self._skipped = 1
        first = text.partition("\n")[0]
        delimiter = max(",;\t", key=first.count)
        self._reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        try:
            header = next(self._reader, [])
        except csv.Error as error:
            raise NoList(f"The first line cannot be read: {error}.") from error
        self._columns = [_KNOWN.get(re.sub(r"[\s_.]+", " ", cell.strip().lower()), "") for cell in header]
        if "phone" not in self._columns:
            raise NoList("The first line must name the columns, one of them `phone`.")
        if doubled := {name for name in self._columns if name and self._columns.count(name) > 1}:
            raise NoList(f"Two columns are the same: {', '.join(sorted(doubled))}.")
        self.ignored = [cell.strip() for cell, name in zip(header, self._columns, strict=True) if not name]

    def rows(self) -> Iterator[Listed | Refused]:
        """Each row that holds anything.

        Raises:
            NoList: there are more than `MOST_ROWS`.
        """
        count = 0
        while True:
            line = self._reader.line_num + 1 + self._skipped
            try:
                cells = next(self._reader, None)
            except csv.Error as error:
                yield Refused(line, "", f"this row cannot be read: {error}")
                continue
            if cells is None:
                return
            if not any(cell.strip() for cell in cells):
                continue
            count += 1
            if count > MOST_ROWS:
                raise NoList(f"The list has more than {MOST_ROWS:,} rows: split it.")
            yield self._row(line, cells)

    def _row(self, line: int, cells: list[str]) -> Listed | Refused:
        if any(cell.strip() for cell in cells[len(self._columns) :]):
            return Refused(line, "", "this row has more cells than the first line")
        said = {name: _plain(cell) for name, cell in zip(self._columns, cells, strict=False) if name}
        phone = phone_number(said.get("phone", ""))
        if phone is None:
            return Refused(line, "phone", "this is no phone number")
        for column, most in LIMITS.items():
            if len(said.get(column, "")) > most:
                return Refused(line, column, f"this is longer than {most:,} characters")
        tags = [part.strip() for part in re.split(r"[;,|]", said.get("tags", "")) if part.strip()]
        if any(not TAG.fullmatch(tag) for tag in tags):
            return Refused(line, "tags", "a tag is one word of at most 50 letters, without : in it")
        segment: Any = said.get("segment", "").lower()
        if segment and segment not in SEGMENTS:
            return Refused(line, "segment", f"a segment is one of {', '.join(SEGMENTS)}")
        if said.get("email") and not EMAIL.fullmatch(said["email"]):
            return Refused(line, "email", "this is no e-mail address")
        return Listed(phone, **{key: said.get(key, "") for key in LIMITS}, segment=segment, tags=tuple(tags))


def line_of(cells: Iterable[object]) -> str:
    """One line of CSV. What a spreadsheet would run as a formula begins with an apostrophe."""
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\r\n").writerow([_defused(cell) for cell in cells])
    return written.getvalue()


def _defused(cell: object) -> object:
    dangerous = isinstance(cell, str) and cell.lstrip("'").startswith(_DANGEROUS)
    return f"'{cell}" if dangerous else cell


def _plain(cell: str) -> str:
    """A cell as it is meant: without the apostrophe of `_defused`, and without what no text holds."""
    stripped = cell.replace("\0", "").strip()
    defused = stripped.startswith("'") and stripped.lstrip("'").startswith(_DANGEROUS)
    return stripped[1:] if defused else stripped
